import type { FastifyRequest } from "fastify";

export type TokenCarrier = Pick<FastifyRequest, "headers"> & Partial<Pick<FastifyRequest, "query" | "routeOptions">>;

/**
 * The token a request carries: `Authorization: Bearer <token>`, or `?token=` on routes that allow it, since browsers
 * cannot set headers on a WebSocket.
 *
 * @returns undefined where there is none, or a header of another scheme
 */
export function bearerToken({ headers, query, routeOptions }: TokenCarrier): string | undefined {
	const [, inHeader] = /^bearer +(\S+) *$/i.exec(headers.authorization ?? "") ?? [];
	if (inHeader !== undefined || routeOptions?.config.tokenInQuery !== true) return inHeader;
	const inQuery = (query as Readonly<Record<string, unknown>> | undefined)?.token;
	return typeof inQuery === "string" && inQuery !== "" ? inQuery : undefined;
}
