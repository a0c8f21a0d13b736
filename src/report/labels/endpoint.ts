/** "GET /metrics" */
export const endpointLabel = (endpoint: { readonly method: string; readonly path: string }): string =>
	`${endpoint.method} ${endpoint.path}`;
