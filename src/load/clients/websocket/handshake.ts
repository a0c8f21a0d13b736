import { createHash, randomBytes } from "node:crypto";
import { encodeRequest } from "#src/load/http1/encode-request.js";
import { type HttpRequest, headersWhere } from "#src/load/requests/request.js";

/** RFC 6455, section 1.3. */
const ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/** They are ours to say. */
const OWN = new Set(["connection", "upgrade", "sec-websocket-version", "sec-websocket-key"]);

/** Asks for a WebSocket, and judges whether the answer is one (RFC 6455, section 4.1). */
export class Handshake {
	/** The request for it. */
	readonly bytes: Buffer;
	readonly #key = randomBytes(16).toString("base64");
	/** Subprotocols that the server may pick from. */
	readonly #offered: readonly string[];
	readonly #answer = new Map<string, string>();

	/**
	 * Messages are not compressed: deflating would be measured with them.
	 * @throws Error with a sentence where HTTP does not allow a header or the path
	 */
	constructor({ path, headers }: HttpRequest, host: string) {
		const offer = headers.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === "sec-websocket-protocol");
		this.#offered = offer < 0 ? [] : (headers[offer + 1] ?? "").split(",").map((each) => each.trim());
		const others = headersWhere(headers, (lowerName) => !OWN.has(lowerName));
		const own = ["connection", "Upgrade", "sec-websocket-version", "13", "sec-websocket-key", this.#key];
		const { pathname, search } = new URL(`http://${host}${path}`);
		const request = { method: "GET", path: `${pathname}${search}`, headers: [...own, ...others], body: null };
		this.bytes = encodeRequest(request, host, "websocket");
	}

	onField(lowerName: string, value: string): void {
		this.#answer.set(lowerName, value);
	}

	/** Whether the answer, whose status is 101, opens what was asked for. */
	isAccepted(): boolean {
		const picked = this.#answer.get("sec-websocket-protocol");
		const isOffered = picked === undefined ? this.#offered.length === 0 : this.#offered.includes(picked);
		return (
			this.#answer.get("upgrade")?.toLowerCase() === "websocket" &&
			/(^|,)\s*upgrade\s*(,|$)/i.test(this.#answer.get("connection") ?? "") &&
			this.#answer.get("sec-websocket-accept") === acceptOf(this.#key) &&
			this.#answer.get("sec-websocket-extensions") === undefined &&
			isOffered
		);
	}
}

const acceptOf = (key: string): string => createHash("sha1").update(`${key}${ACCEPT_SUFFIX}`).digest("base64");
