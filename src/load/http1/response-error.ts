/** The bytes are not an answer as HTTP/1 has it. */
export class ResponseError extends Error {}

export const CR = 13;
export const LF = 10;

/** @throws ResponseError where a line ends in something else than CR LF */
export function mustEndLine(byte: number, end: typeof CR | typeof LF): void {
	if (byte !== end) throw new ResponseError("a line does not end in CR LF");
}
