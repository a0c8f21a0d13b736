import { hexDigit, isText } from "./header-bytes.js";
import { CR, LF, mustEndLine, ResponseError } from "./response-error.js";
import { MOST_HEADER_BYTES } from "./response-header.js";

/** 2^52 bytes: larger ones are no numbers that JavaScript counts in. */
const MOST_DIGITS = 13;
const SEMICOLON = 59;

/** What stands next between the data of chunks. */
enum Part {
	Size,
	Extension,
	SizeEnd,
	DataCr,
	DataLf,
	TrailerLine,
	TrailerInLine,
	TrailerLineEnd,
	TrailerEnd,
	Nothing,
}

/** Reads what stands between the data of a body in chunks, and behind the last one (RFC 9112, section 7.1). */
export class ChunkFraming {
	/** Bytes of data that come before the framing goes on. */
	dataBytes = 0;
	#part = Part.Nothing;
	#size = 0;
	#digits = 0;
	/** Bytes of extensions and trailers. */
	#extra = 0;

	/** A body in chunks is what comes next. */
	begin(): void {
		this.dataBytes = 0;
		this.#extra = 0;
		this.#beginChunk();
	}

	/** Whether the body is whole. */
	get isOver(): boolean {
		return this.#part === Part.Nothing;
	}

	/**
	 * Reads until data comes, or the body is whole.
	 * @returns where it is in the chunk
	 * @throws ResponseError
	 */
	read(chunk: Buffer, from: number): number {
		let at = from;
		while (at < chunk.length && this.dataBytes === 0 && this.#part !== Part.Nothing) this.#take(chunk[at++] as number);
		return at;
	}

	#beginChunk(): void {
		this.#size = 0;
		this.#digits = 0;
		this.#part = Part.Size;
	}

	#take(byte: number): void {
		switch (this.#part) {
			case Part.Size: {
				const digit = hexDigit(byte);
				if (digit >= 0 && this.#digits < MOST_DIGITS) {
					this.#size = this.#size * 16 + digit;
					this.#digits++;
				} else if (this.#digits > 0 && byte === SEMICOLON) {
					this.#part = Part.Extension;
				} else if (this.#digits > 0 && byte === CR) {
					this.#part = Part.SizeEnd;
				} else {
					throw new ResponseError("the size of a chunk is no number");
				}
				return;
			}
			case Part.Extension:
				this.#skipText(byte, Part.Extension, Part.SizeEnd);
				return;
			case Part.SizeEnd:
				mustEndLine(byte, LF);
				this.dataBytes = this.#size;
				this.#part = this.#size === 0 ? Part.TrailerLine : Part.DataCr;
				return;
			case Part.DataCr:
				mustEndLine(byte, CR);
				this.#part = Part.DataLf;
				return;
			case Part.DataLf:
				mustEndLine(byte, LF);
				this.#beginChunk();
				return;
			case Part.TrailerLine:
				this.#skipText(byte, Part.TrailerInLine, Part.TrailerEnd);
				return;
			case Part.TrailerInLine:
				this.#skipText(byte, Part.TrailerInLine, Part.TrailerLineEnd);
				return;
			case Part.TrailerLineEnd:
				mustEndLine(byte, LF);
				this.#part = Part.TrailerLine;
				return;
			case Part.TrailerEnd:
				mustEndLine(byte, LF);
				this.#part = Part.Nothing;
		}
	}

	#skipText(byte: number, more: Part, end: Part): void {
		if (++this.#extra > MOST_HEADER_BYTES) throw new ResponseError("the chunks are too chatty");
		if (byte !== CR && !isText(byte)) throw new ResponseError("a line does not end in CR LF");
		this.#part = byte === CR ? end : more;
	}
}
