import type { LoadOrder } from "#src/load/order/order.js";
import { fillRequest, hasTemplates } from "./placeholders.js";
import type { HttpRequest, NextRequest } from "./request.js";

/** Makes the requests of each client of a load. */
export class RequestSource {
	readonly #request: LoadOrder["request"];
	readonly #isTemplate: boolean;
	#seq = 0;
	#clients = 0;

	constructor(request: LoadOrder["request"]) {
		this.#request = request;
		this.#isTemplate = hasTemplates(request);
	}

	/** What the next client sends: with its own token where there are several. */
	forNextClient(): NextRequest {
		const { tokens = [] } = this.#request;
		const token = tokens[this.#clients++ % Math.max(1, tokens.length)];
		const headers =
			token === undefined ? this.#request.headers : { ...this.#request.headers, authorization: `Bearer ${token}` };
		const request = { ...this.#request, headers };
		if (this.#isTemplate) return () => httpRequest(fillRequest(request, this.#seq++));
		const options = httpRequest(request);
		return () => options;
	}
}

const httpRequest = ({ method, path, headers, body }: LoadOrder["request"]): HttpRequest => ({
	method,
	path,
	headers: Object.entries(headers).flat(),
	body: body === null ? null : Buffer.from(body),
});
