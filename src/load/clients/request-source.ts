import type { Dispatcher } from "undici";
import type { LoadOrder } from "#src/load/order/order.js";
import { fillRequest, hasTemplates } from "./request-template.js";

export type NextRequest = () => Dispatcher.DispatchOptions;

/** Makes the requests of each client: always the same object, unless placeholders make every one different. */
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
		if (this.#isTemplate) return () => dispatchOptions(fillRequest(request, this.#seq++));
		const options = dispatchOptions(request);
		return () => options;
	}
}

const dispatchOptions = ({ method, path, headers, body }: LoadOrder["request"]): Dispatcher.DispatchOptions => ({
	method,
	path,
	headers: Object.entries(headers).flat(),
	body: body === null ? null : Buffer.from(body),
	// Keep the connection also after HEAD; do not wake the queue in the middle of an answer.
	reset: false,
	blocking: false,
});
