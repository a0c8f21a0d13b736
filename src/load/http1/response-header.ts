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

/** What stands next in the header. */
enum Part {
	Status,
	Reason,
	LineStart,
	Name,
	Value,
	LineEnd,
	HeaderEnd,
	Nothing,
}

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
	#part = Part.Status;
	#bytes = 0;
	/** What has come of a line that is not whole: so many bytes of this memory. */
	#kept = NOTHING;
	#keptBytes = 0;
	/** Where the line that is read begins, in its chunk or in what is kept. */
	#line = 0;
	/** From there: where its name ends, and where reading goes on. */
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
		this.#part = Part.Status;
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
		this.#line = line;
		let at = line + this.#read;
		while (at < size) {
			at = this.#readPart(bytes, at, size);
			if (this.#part === Part.Nothing) return at;
		}
		this.#read = at - this.#line;
		return -1;
	}

	/** Reads what stands at `at`, as far as it is there. Where that ends. */
	#readPart(bytes: Buffer, at: number, size: number): number {
		switch (this.#part) {
			case Part.Status:
				return this.#readStatus(bytes, size);
			case Part.Reason:
				return this.#endLine(bytes, reasonEnd(bytes, at, size), size);
			case Part.LineStart:
				this.#part = bytes[at] === CR ? Part.HeaderEnd : Part.Name;
				return bytes[at] === CR ? at + 1 : at;
			case Part.Name:
				return this.#readName(bytes, at, size);
			case Part.Value:
				return this.#endLine(bytes, valueEnd(bytes, at, size), size);
			case Part.LineEnd:
				mustEndLine(bytes[at] as number, LF);
				if (this.#colon > 0) this.#readField(bytes, this.#line, this.#line + this.#colon, at - 1);
				this.#colon = 0;
				this.#line = at + 1;
				this.#part = Part.LineStart;
				return at + 1;
			case Part.HeaderEnd:
				mustEndLine(bytes[at] as number, LF);
				this.#part = Part.Nothing;
				return at + 1;
			case Part.Nothing:
				return at;
		}
	}

	#readStatus(bytes: Buffer, size: number): number {
		const start = this.#line;
		for (let i = 0; i < VERSION.length && start + i < size; i++) {
			if (bytes[start + i] !== VERSION[i]) throw new ResponseError("this is not HTTP/1");
		}
		// So few bytes that they may be looked at again.
		if (size <= start + STATUS_END) return size;
		const minor = (bytes[start + VERSION.length] as number) - 48;
		if ((minor !== 0 && minor !== 1) || bytes[start + STATUS_AT - 1] !== 32) {
			throw new ResponseError("this is not HTTP/1.0 or HTTP/1.1");
		}
		const status = numberIn(bytes, start + STATUS_AT, start + STATUS_END);
		const behind = bytes[start + STATUS_END] as number;
		if (!(status >= 100) || (behind !== 32 && behind !== CR)) throw new ResponseError("there is no status");
		this.status = status;
		this.#isOld = minor === 0;
		this.#part = Part.Reason;
		return start + STATUS_END;
	}

	#readName(bytes: Buffer, from: number, size: number): number {
		let at = from;
		while (at < size && isToken(bytes[at] as number)) at++;
		if (at === size) return size;
		if (bytes[at] !== COLON || at === this.#line) throw new ResponseError("a line of the header has no name");
		this.#colon = at - this.#line;
		this.#part = Part.Value;
		return at + 1;
	}

	/** @param at where the line's text ends; what does not belong to it must be the line's end */
	#endLine(bytes: Buffer, at: number, size: number): number {
		if (at === size) return size;
		mustEndLine(bytes[at] as number, CR);
		this.#part = Part.LineEnd;
		return at + 1;
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

function reasonEnd(bytes: Buffer, from: number, size: number): number {
	let at = from;
	while (at < size && bytes[at] !== CR && bytes[at] !== LF) at++;
	return at;
}

function valueEnd(bytes: Buffer, from: number, size: number): number {
	let at = from;
	while (at < size && isText(bytes[at] as number)) at++;
	return at;
}
