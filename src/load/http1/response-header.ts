import { isNamed, isText, isToken, isWord, numberIn, tokensIn } from "./header-bytes.js";
import { CR, LF, mustEndLine, ResponseError } from "./response-error.js";

/** Bytes of a header; the limit that Node's own parser has. */
export const MOST_HEADER_BYTES = 16 * 1024;
const COLON = 58;
const CONTENT_LENGTH = Buffer.from("content-length");
const TRANSFER_ENCODING = Buffer.from("transfer-encoding");
const CONNECTION = Buffer.from("connection");
const KEEP_ALIVE = Buffer.from("keep-alive");
const VERSION = Buffer.from("HTTP/1.");
/** `HTTP/1.1 200` and what follows it at least. */
const STATUS_AT = 9;
const STATUS_END = 12;
const NOTHING = Buffer.alloc(0);

/**
 * Reads the header of an answer from chunks that may end anywhere, each byte of it once. Of the fields it keeps what says
 * where the answer ends (RFC 9112, section 6); who wants others is told all of them.
 */
export class ResponseHeader {
	status = 0;
	/** Of the body; −1: the header does not say it. */
	length = -1;
	/** Whether there is a transfer coding, and whether chunks are the last one. */
	isEncoded = false;
	isChunked = false;
	/** How long the server says it keeps the connection while nothing is asked, in milliseconds; 0: it has not said that. */
	idleMs = 0;
	/** Told of every field as it is read, of informational answers too. */
	onField: ((lowerName: string, value: string) => void) | null = null;
	#isOld = false;
	#saysClose = false;
	#saysKeepAlive = false;
	#hasStatus = false;
	#bytes = 0;
	/** What has come of a line that is not whole: so many bytes of this memory. */
	#kept = NOTHING;
	#keptBytes = 0;
	/** Where the line that is read begins, in its chunk or in what is kept. */
	#line = 0;
	/** From there: where its name ends (0: not yet), and where reading goes on. */
	#colon = 0;
	#read = 0;

	/** Whether the server keeps the connection, if the answer has an end of its own. */
	get keepsAlive(): boolean {
		return (!this.#isOld || this.#saysKeepAlive) && !this.#saysClose;
	}

	/** What comes next is a header. */
	begin(): void {
		this.length = -1;
		this.isEncoded = false;
		this.isChunked = false;
		this.#saysClose = false;
		this.#saysKeepAlive = false;
		this.#hasStatus = false;
		this.#bytes = 0;
		this.#keptBytes = 0;
		this.#colon = 0;
		this.#read = 0;
	}

	/**
	 * @returns where the header ends in the chunk; −1: it goes on in the next one
	 * @throws ResponseError
	 */
	read(chunk: Buffer, from: number): number {
		const end = this.#keptBytes === 0 ? this.#readFrom(chunk, from) : this.#readOn(chunk, from);
		this.#bytes += (end < 0 ? chunk.length : end) - from;
		if (this.#bytes > MOST_HEADER_BYTES) throw new ResponseError("the header is too long");
		return end;
	}

	#readFrom(chunk: Buffer, from: number): number {
		const end = this.#scan(chunk, from, chunk.length);
		// Copied: the next chunk may be read into the same memory.
		if (end < 0) this.#keep(chunk, this.#line, Math.min(chunk.length, this.#line + MOST_HEADER_BYTES));
		return end;
	}

	/** Goes on with the line of which a part is kept. */
	#readOn(chunk: Buffer, from: number): number {
		const keptBefore = this.#keptBytes;
		// A header is not longer, and a body should not be copied with it.
		this.#keep(chunk, from, Math.min(chunk.length, from + MOST_HEADER_BYTES + 1));
		const end = this.#scan(this.#kept, 0, this.#keptBytes);
		if (end < 0) {
			this.#kept.copyWithin(0, this.#line, this.#keptBytes);
			this.#keptBytes -= this.#line;
			return -1;
		}
		this.#kept = NOTHING;
		this.#keptBytes = 0;
		return from + end - keptBefore;
	}

	#keep(chunk: Buffer, from: number, to: number): void {
		const size = this.#keptBytes + to - from;
		if (size > this.#kept.length) {
			const larger = Buffer.allocUnsafeSlow(Math.max(256, 2 * size));
			this.#kept.copy(larger, 0, 0, this.#keptBytes);
			this.#kept = larger;
		}
		chunk.copy(this.#kept, this.#keptBytes, from, to);
		this.#keptBytes = size;
	}

	/** Reads on in the line that begins at `line`. Where the header ends; −1: not before `size`. */
	#scan(bytes: Buffer, line: number, size: number): number {
		let start = line;
		while (start < size) {
			const isLast = this.#hasStatus && bytes[start] === CR;
			const end = isLast ? this.#endLine(bytes, start, start, size) : this.#readLine(bytes, start, size);
			if (isLast && end >= 0) return end;
			if (end < 0) break;
			start = end;
		}
		this.#line = start;
		return -1;
	}

	/** Where the line ends; −1: not before `size`. */
	#readLine(bytes: Buffer, start: number, size: number): number {
		if (!this.#hasStatus) return this.#readStatusLine(bytes, start, size);
		let at = start + this.#read;
		let colon = this.#colon;
		if (colon === 0) {
			while (at < size && isToken(bytes[at] as number)) at++;
			if (at < size) {
				if (bytes[at] !== COLON || at === start) throw new ResponseError("a line of the header has no name");
				colon = at++ - start;
			}
		}
		while (at < size && isText(bytes[at] as number)) at++;
		const end = this.#endLine(bytes, start, at, size);
		this.#colon = end < 0 ? colon : 0;
		if (end >= 0) this.#readField(bytes, start, start + colon, at);
		return end;
	}

	#readStatusLine(bytes: Buffer, start: number, size: number): number {
		// So few bytes that they may be looked at again.
		if (!this.#readStatus(bytes, start, size)) return -1;
		let at = Math.max(start + STATUS_END, start + this.#read);
		while (at < size && bytes[at] !== CR && bytes[at] !== LF) at++;
		const end = this.#endLine(bytes, start, at, size);
		this.#hasStatus = end >= 0;
		return end;
	}

	/** @param at where the text of the line that begins at `start` ends; what follows must be the end of the line */
	#endLine(bytes: Buffer, start: number, at: number, size: number): number {
		if (at < size) mustEndLine(bytes[at] as number, CR);
		if (at + 1 >= size) {
			this.#read = at - start;
			return -1;
		}
		mustEndLine(bytes[at + 1] as number, LF);
		this.#read = 0;
		return at + 2;
	}

	/** Whether the status is there. */
	#readStatus(bytes: Buffer, start: number, size: number): boolean {
		for (let i = 0; i < VERSION.length && start + i < size; i++) {
			if (bytes[start + i] !== VERSION[i]) throw new ResponseError("this is not HTTP/1");
		}
		if (size <= start + STATUS_END) return false;
		const minor = (bytes[start + VERSION.length] as number) - 48;
		if ((minor !== 0 && minor !== 1) || bytes[start + STATUS_AT - 1] !== 32) {
			throw new ResponseError("this is not HTTP/1.0 or HTTP/1.1");
		}
		const status = numberIn(bytes, start + STATUS_AT, start + STATUS_END);
		const behind = bytes[start + STATUS_END] as number;
		if (!(status >= 100) || (behind !== 32 && behind !== CR)) throw new ResponseError("there is no status");
		this.status = status;
		this.#isOld = minor === 0;
		return true;
	}

	#readField(bytes: Buffer, name: number, colon: number, end: number): void {
		if (this.onField !== null) {
			this.onField(
				bytes.toString("latin1", name, colon).toLowerCase(),
				bytes.toString("latin1", colon + 1, end).trim(),
			);
		}
		switch (colon - name) {
			case CONTENT_LENGTH.length:
				if (!isNamed(bytes, name, CONTENT_LENGTH)) return;
				if (this.length >= 0) throw new ResponseError("there are two lengths");
				this.length = numberIn(bytes, colon + 1, end);
				if (!Number.isSafeInteger(this.length)) throw new ResponseError("the length is no number");
				return;
			case TRANSFER_ENCODING.length:
				if (!isNamed(bytes, name, TRANSFER_ENCODING)) return;
				this.isEncoded = true;
				this.isChunked = tokensIn(bytes, colon + 1, end).at(-1) === "chunked";
				return;
			case CONNECTION.length: {
				// Both have ten letters.
				if (isNamed(bytes, name, KEEP_ALIVE)) this.idleMs = idleMsOf(tokensIn(bytes, colon + 1, end));
				if (!isNamed(bytes, name, CONNECTION)) return;
				// As nearly all servers write it.
				if (isWord(bytes, colon + 1, end, KEEP_ALIVE)) {
					this.#saysKeepAlive = true;
					return;
				}
				const tokens = tokensIn(bytes, colon + 1, end);
				this.#saysClose ||= tokens.includes("close");
				this.#saysKeepAlive ||= tokens.includes("keep-alive");
			}
		}
	}
}

/** `timeout=5, max=100`, in milliseconds; 0: it says no time. */
function idleMsOf(parameters: readonly string[]): number {
	const [seconds = "0"] = parameters.flatMap((each) => /^timeout=(\d{1,6})$/.exec(each)?.[1] ?? []);
	return Number(seconds) * 1_000;
}
