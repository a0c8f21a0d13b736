import { randomUUID } from "node:crypto";

/** {{seq}}: 0, 1, 2 … over all clients of a load; {{uuid}}: a new version 4 UUID each time. */
const PLACEHOLDER = /\{\{(seq|uuid)\}\}/g;

export const isTemplate = (text: string): boolean => text.search(PLACEHOLDER) >= 0;

/** The text with its placeholders filled in for the request of that number. */
export const fillTemplate = (text: string, seq: number): string =>
	text.replace(PLACEHOLDER, (_, name: string) => (name === "seq" ? String(seq) : randomUUID()));

interface RequestParts {
	readonly path: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Uint8Array | null;
}

/** Whether each request differs from the one before. */
export const hasTemplates = ({ path, headers, body }: RequestParts): boolean =>
	isTemplate(path) ||
	Object.values(headers).some(isTemplate) ||
	(body !== null && isTemplate(Buffer.from(body).toString("latin1")));

/** The request with its placeholders filled in. Bodies are looked at as bytes, so binary ones stay as they are. */
export function fillRequest<Parts extends RequestParts>(request: Parts, seq: number): Parts {
	return {
		...request,
		path: fillTemplate(request.path, seq),
		headers: Object.fromEntries(
			Object.entries(request.headers).map(([name, value]) => [name, fillTemplate(value, seq)]),
		),
		body:
			request.body === null
				? null
				: Buffer.from(fillTemplate(Buffer.from(request.body).toString("latin1"), seq), "latin1"),
	};
}
