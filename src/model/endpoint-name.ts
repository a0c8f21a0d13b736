/** "GET /metrics" */
export const endpointName = ({ method, path }: { readonly method: string; readonly path: string }): string =>
	`${method} ${path}`;
