import { ChunkFraming } from "./chunk-framing.js";
import { ResponseError } from "./response-error.js";
import { ResponseHeader } from "./response-header.js";

const SWITCHING_PROTOCOLS = 101;

/** What is read next. */
enum Reading {
	Header,
	BodyOfLength,
	BodyInChunks,
	BodyUntilEnd,
	Nothing,
}

/** What an answer is asked with, as far as it says what the answer may be. */
export type Asked = "get" | "head" | "upgrade";

/** Told what is in answers. In onHeader() and onBody() it may have the parser forget the answer. */
export interface AnswerReader {
	/** A field of a header, of informational answers (1xx) too. */
	onField(lowerName: string, value: string): void;
	/** A header is whole; after one of an informational answer (1xx) another follows. */
	onHeader(status: number): void;
	/** A piece of the body; its memory is used again when this returns. */
	onBody(piece: Buffer): void;
}

/**
 * Reads the answers that come on one connection, one after the other, from chunks that may end anywhere: where an answer ends
 * and how long its body is (RFC 9112, sections 6 and 7). Nothing of a chunk is referred to when feed() has returned.
 *
 * It is strict where leniency would let it find another end than the server meant: two lengths, a length beside a transfer
 * coding, lines that do not end in CR LF, and what no header may contain are errors.
 */
export class ResponseParser {
	/** Of the answer's body that have come, without what chunks add. */
	bodyBytes = 0;
	/** Whether anything of the answer has come. */
	hasBegun = false;
	/** Whether the server keeps the connection after this answer; known when the header is whole. */
	keepsAlive = false;
	/** Bytes of the last chunk behind the end of the answer. */
	bytesBehind = 0;
	readonly #header = new ResponseHeader();
	readonly #chunks = new ChunkFraming();
	#reader: AnswerReader | null = null;
	#reading = Reading.Nothing;
	#asked: Asked = "get";
	/** Bytes of a body of known length that are to come. */
	#left = 0;

	/** Has somebody told what is in the answers; else only their status and length are known. */
	readWith(reader: AnswerReader): void {
		this.#reader = reader;
		this.#header.onField = (lowerName, value) => reader.onField(lowerName, value);
	}

	/** Of the last header that was whole; of informational answers (1xx) too, which the final one follows. */
	get status(): number {
		return this.#header.status;
	}

	/** How long the server says it keeps the connection while nothing is asked, in milliseconds; 0: it has not said that. */
	get idleMs(): number {
		return this.#header.idleMs;
	}

	/** A request is sent: what comes is its answer. */
	expect(asked: Asked): void {
		this.#asked = asked;
		this.#reading = Reading.Header;
		this.#header.begin();
		this.bodyBytes = 0;
		this.hasBegun = false;
		this.bytesBehind = 0;
	}

	/** What comes is no answer that anybody waits for. */
	forget(): void {
		this.#reading = Reading.Nothing;
	}

	/**
	 * @returns whether the answer is whole, or forgotten
	 * @throws ResponseError
	 */
	feed(chunk: Buffer): boolean {
		this.hasBegun = true;
		const size = chunk.length;
		let at = 0;
		while (at < size && this.#reading !== Reading.Nothing) {
			switch (this.#reading) {
				case Reading.Header: {
					const end = this.#header.read(chunk, at);
					at = end < 0 ? size : end;
					if (end >= 0) this.#onHeader();
					break;
				}
				case Reading.BodyOfLength: {
					const end = Math.min(size, at + this.#left);
					this.#left -= end - at;
					if (this.#left === 0) this.#reading = Reading.Nothing;
					this.#onBody(chunk, at, end);
					at = end;
					break;
				}
				case Reading.BodyInChunks:
					at = this.#readChunks(chunk, at);
					break;
				case Reading.BodyUntilEnd:
					this.#onBody(chunk, at, size);
					at = size;
			}
		}
		if (this.#reading !== Reading.Nothing) return false;
		this.bytesBehind = size - at;
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

	#readChunks(chunk: Buffer, at: number): number {
		const chunks = this.#chunks;
		if (chunks.dataBytes === 0) {
			const end = chunks.read(chunk, at);
			if (chunks.isOver) this.#reading = Reading.Nothing;
			return end;
		}
		const end = Math.min(chunk.length, at + chunks.dataBytes);
		chunks.dataBytes -= end - at;
		this.#onBody(chunk, at, end);
		return end;
	}

	#onBody(chunk: Buffer, from: number, to: number): void {
		this.bodyBytes += to - from;
		this.#reader?.onBody(chunk.subarray(from, to));
	}

	#onHeader(): void {
		this.#reading = this.#afterHeader();
		const status = this.status;
		if (this.#reading === Reading.Header) this.#header.begin();
		this.#reader?.onHeader(status);
	}

	/** How the body is to be read, now that the header is whole (RFC 9112, section 6.3). */
	#afterHeader(): Reading {
		const { status, length, isEncoded, isChunked, keepsAlive } = this.#header;
		if (isEncoded && length >= 0) throw new ResponseError("there are a length and a transfer coding");
		if (status === SWITCHING_PROTOCOLS) {
			if (this.#asked === "upgrade") return Reading.Nothing;
			throw new ResponseError("nobody asked for another protocol");
		}
		if (status < 200) return Reading.Header;
		this.keepsAlive = keepsAlive;
		if (this.#asked === "head" || status === 204 || status === 304) return Reading.Nothing;
		if (isChunked) {
			this.#chunks.begin();
			return Reading.BodyInChunks;
		}
		this.#left = length;
		if (length >= 0) return length === 0 ? Reading.Nothing : Reading.BodyOfLength;
		this.keepsAlive = false;
		return Reading.BodyUntilEnd;
	}
}
