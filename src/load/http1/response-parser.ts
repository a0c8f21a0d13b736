import { hexDigit, isNamed, isText, isToken, isWord, numberIn, tokensIn } from "./header-bytes.js";

/** Bytes of a header, of the extensions of chunks or of a trailer; the limit that Node's own parser has. */
const MOST_HEADER_BYTES = 16 * 1024;
/** 2^52 bytes: larger ones are no numbers that JavaScript counts in. */
const MOST_CHUNK_DIGITS = 13;
const CR = 13;
const LF = 10;
const COLON = 58;
const SEMICOLON = 59;
const CONTENT_LENGTH = Buffer.from("content-length");
const TRANSFER_ENCODING = Buffer.from("transfer-encoding");
const CONNECTION = Buffer.from("connection");
const KEEP_ALIVE = Buffer.from("keep-alive");
const VERSION = Buffer.from("HTTP/1.");
/** `HTTP/1.1 200` and what follows it at least. */
const STATUS_AT = 9;
const STATUS_END = 12;

/** What is read next. */
enum Reading {
	Header,
	BodyOfLength,
	BodyUntilEnd,
	ChunkSize,
	ChunkExtension,
	ChunkSizeEnd,
	ChunkData,
	ChunkDataCr,
	ChunkDataLf,
	TrailerLine,
	TrailerInLine,
	TrailerLineEnd,
	TrailerEnd,
	Nothing,
}

/** The bytes are not an answer as HTTP/1 has it. */
export class ResponseError extends Error {}

/**
 * Reads the answers that come on one connection, one after the other, from chunks that may end anywhere. It keeps a body's
 * length and not the body, and of headers only what says where an answer ends (RFC 9112, sections 6 and 7). Nothing of a
 * chunk is referred to when feed() has returned.
 *
 * It is strict where leniency would let it find another end than the server meant: two lengths, a length beside a transfer
 * coding, lines that do not end in CR LF, and what no header may contain are errors.
 */
export class ResponseParser {
	/** Of the last header that was whole; of informational answers (1xx) too, which the final one follows. */
	status = 0;
	/** Of the answer's body that have come, without what chunks add. */
	bodyBytes = 0;
	/** Whether anything of the answer has come. */
	hasBegun = false;
	/** Whether the server keeps the connection after this answer; known when the header is whole. */
	keepsAlive = false;
	/** How long the server says it keeps the connection while nothing is asked, in milliseconds; 0: it has not said that. */
	idleMs = 0;
	/** Whether the last chunk went on behind the end of the answer, which nobody asked for. */
	hasMore = false;
	#reading: Reading = Reading.Nothing;
	#isHead = false;
	/** What has come of a header that is not whole. */
	#kept: Buffer | null = null;
	/** Bytes of the body or of the chunk that are to come. */
	#left = 0;
	#digits = 0;
	/** Bytes of extensions and trailers of this answer. */
	#extra = 0;
	#length = -1;
	#isEncoded = false;
	#isChunked = false;
	#saysClose = false;
	#saysKeepAlive = false;

	/** A request is sent: what comes is its answer. */
	expect(isHead: boolean): void {
		this.#isHead = isHead;
		this.#reading = Reading.Header;
		this.#kept = null;
		this.bodyBytes = 0;
		this.hasBegun = false;
		this.hasMore = false;
		this.#extra = 0;
	}

	/**
	 * @returns whether the answer is whole
	 * @throws ResponseError
	 */
	feed(chunk: Buffer): boolean {
		this.hasBegun = true;
		let at = 0;
		while (at < chunk.length && this.#reading !== Reading.Nothing) {
			switch (this.#reading) {
				case Reading.Header:
					at = this.#readHeader(chunk, at);
					break;
				case Reading.BodyOfLength:
				case Reading.ChunkData: {
					const taken = Math.min(this.#left, chunk.length - at);
					this.bodyBytes += taken;
					this.#left -= taken;
					at += taken;
					if (this.#left === 0) {
						this.#reading = this.#reading === Reading.ChunkData ? Reading.ChunkDataCr : Reading.Nothing;
					}
					break;
				}
				case Reading.BodyUntilEnd:
					this.bodyBytes += chunk.length - at;
					at = chunk.length;
					break;
				default:
					this.#readBetween(chunk[at++] as number);
			}
		}
		if (this.#reading !== Reading.Nothing) return false;
		this.hasMore = at < chunk.length;
		return true;
	}

	/**
	 * The server has ended the connection.
	 * @returns whether that was the end of the answer as well
	 */
	end(): boolean {
		const isWhole = this.#reading === Reading.BodyUntilEnd;
		this.#reading = Reading.Nothing;
		return isWhole;
	}

	/** Where reading goes on in the chunk. */
	#readHeader(chunk: Buffer, at: number): number {
		const kept = this.#kept;
		const bytes = kept === null ? chunk : Buffer.concat([kept, chunk.subarray(at)]);
		const from = kept === null ? at : 0;
		const end = this.#parseHeader(bytes, from);
		if ((end < 0 ? bytes.length : end) - from > MOST_HEADER_BYTES) throw new ResponseError("the header is too long");
		if (end < 0) {
			// Copied: the next chunk may be read into the same memory.
			this.#kept = kept === null ? Buffer.from(chunk.subarray(at)) : bytes;
			return chunk.length;
		}
		this.#kept = null;
		this.#reading = this.#bodyOf();
		return kept === null ? end : at + end - kept.length;
	}

	/** Where the header ends; −1: it goes on in the next chunk. */
	#parseHeader(bytes: Buffer, from: number): number {
		this.#length = -1;
		this.#isEncoded = false;
		this.#isChunked = false;
		this.#saysClose = false;
		this.#saysKeepAlive = false;
		const size = bytes.length;
		let at = this.#parseStatusLine(bytes, from);
		while (at >= 0 && at < size) {
			if (bytes[at] === CR) return endOfLine(bytes, at);
			const name = at;
			while (at < size && isToken(bytes[at] as number)) at++;
			if (at === size) return -1;
			if (bytes[at] !== COLON || at === name) throw new ResponseError("a line of the header has no name");
			const colon = at++;
			while (at < size && isText(bytes[at] as number)) at++;
			const next = endOfLine(bytes, at);
			if (next >= 0) this.#onHeader(bytes, name, colon, at);
			at = next;
		}
		return -1;
	}

	/** Where the line ends; −1: it goes on in the next chunk. */
	#parseStatusLine(bytes: Buffer, from: number): number {
		const size = bytes.length;
		for (let i = 0; i < VERSION.length && from + i < size; i++) {
			if (bytes[from + i] !== VERSION[i]) throw new ResponseError("this is not HTTP/1");
		}
		if (size < from + STATUS_END + 1) return -1;
		const minor = (bytes[from + VERSION.length] as number) - 48;
		if ((minor !== 0 && minor !== 1) || bytes[from + STATUS_AT - 1] !== 32) {
			throw new ResponseError("this is not HTTP/1.0 or HTTP/1.1");
		}
		const status = numberIn(bytes, from + STATUS_AT, from + STATUS_END);
		const behind = bytes[from + STATUS_END] as number;
		if (!(status >= 100) || (behind !== 32 && behind !== CR)) throw new ResponseError("there is no status");
		this.status = status;
		this.keepsAlive = minor === 1;
		let at = from + STATUS_END;
		while (at < size && bytes[at] !== CR && bytes[at] !== LF) at++;
		return endOfLine(bytes, at);
	}

	#onHeader(bytes: Buffer, name: number, colon: number, end: number): void {
		switch (colon - name) {
			case CONTENT_LENGTH.length:
				if (!isNamed(bytes, name, CONTENT_LENGTH)) return;
				if (this.#length >= 0) throw new ResponseError("there are two lengths");
				this.#length = numberIn(bytes, colon + 1, end);
				if (!Number.isSafeInteger(this.#length)) throw new ResponseError("the length is no number");
				return;
			case TRANSFER_ENCODING.length:
				if (!isNamed(bytes, name, TRANSFER_ENCODING)) return;
				this.#isEncoded = true;
				this.#isChunked = tokensIn(bytes, colon + 1, end).at(-1) === "chunked";
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

	/** How the body is to be read, now that the header is whole (RFC 9112, section 6.3). */
	#bodyOf(): Reading {
		if (this.#isEncoded && this.#length >= 0) throw new ResponseError("there are a length and a transfer coding");
		if (this.status === 101) throw new ResponseError("nobody asked for another protocol");
		if (this.status < 200) return Reading.Header;
		this.keepsAlive = (this.keepsAlive || this.#saysKeepAlive) && !this.#saysClose;
		if (this.#isHead || this.status === 204 || this.status === 304) return Reading.Nothing;
		if (this.#isChunked) return this.#nextChunk();
		if (this.#length >= 0) {
			this.#left = this.#length;
			return this.#length === 0 ? Reading.Nothing : Reading.BodyOfLength;
		}
		this.keepsAlive = false;
		return Reading.BodyUntilEnd;
	}

	#nextChunk(): Reading {
		this.#left = 0;
		this.#digits = 0;
		return Reading.ChunkSize;
	}

	/** What stands between the data of chunks, and behind the last one. */
	#readBetween(byte: number): void {
		switch (this.#reading) {
			case Reading.ChunkSize: {
				const digit = hexDigit(byte);
				if (digit >= 0 && this.#digits < MOST_CHUNK_DIGITS) {
					this.#left = this.#left * 16 + digit;
					this.#digits++;
				} else if (this.#digits > 0 && byte === SEMICOLON) {
					this.#reading = Reading.ChunkExtension;
				} else if (this.#digits > 0 && byte === CR) {
					this.#reading = Reading.ChunkSizeEnd;
				} else {
					throw new ResponseError("the size of a chunk is no number");
				}
				return;
			}
			case Reading.ChunkExtension:
				this.#skipText(byte, Reading.ChunkExtension, Reading.ChunkSizeEnd);
				return;
			case Reading.ChunkSizeEnd:
				must(byte, LF);
				this.#reading = this.#left === 0 ? Reading.TrailerLine : Reading.ChunkData;
				return;
			case Reading.ChunkDataCr:
				must(byte, CR);
				this.#reading = Reading.ChunkDataLf;
				return;
			case Reading.ChunkDataLf:
				must(byte, LF);
				this.#reading = this.#nextChunk();
				return;
			case Reading.TrailerLine:
				this.#skipText(byte, Reading.TrailerInLine, Reading.TrailerEnd);
				return;
			case Reading.TrailerInLine:
				this.#skipText(byte, Reading.TrailerInLine, Reading.TrailerLineEnd);
				return;
			case Reading.TrailerLineEnd:
				must(byte, LF);
				this.#reading = Reading.TrailerLine;
				return;
			case Reading.TrailerEnd:
				must(byte, LF);
				this.#reading = Reading.Nothing;
		}
	}

	#skipText(byte: number, more: Reading, end: Reading): void {
		if (++this.#extra > MOST_HEADER_BYTES) throw new ResponseError("the chunks are too chatty");
		if (byte !== CR && !isText(byte)) throw new ResponseError("a line does not end in CR LF");
		this.#reading = byte === CR ? end : more;
	}
}

/** `timeout=5, max=100`, in milliseconds; 0: it says no time. */
function idleMsOf(parameters: readonly string[]): number {
	const [seconds = "0"] = parameters.flatMap((each) => /^timeout=(\d{1,6})$/.exec(each)?.[1] ?? []);
	return Number(seconds) * 1_000;
}

/** Where the next line begins, if `at` is the end of one; −1: that is in the next chunk. */
function endOfLine(bytes: Buffer, at: number): number {
	if (at < bytes.length) must(bytes[at] as number, CR);
	if (at + 1 >= bytes.length) return -1;
	must(bytes[at + 1] as number, LF);
	return at + 2;
}

function must(byte: number, be: number): void {
	if (byte !== be) throw new ResponseError("a line does not end in CR LF");
}
