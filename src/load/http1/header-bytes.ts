/** Lookups in the bytes of HTTP headers (RFC 9110, section 5), without making strings of them. */

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]$/;
const bytes = Array.from({ length: 256 }, (_, byte) => byte);
const tokens = Uint8Array.from(bytes, (byte) => (TOKEN.test(String.fromCharCode(byte)) ? 1 : 0));
const hexDigits = Int8Array.from(bytes, (byte) => {
	const digit = Number.parseInt(String.fromCharCode(byte), 16);
	return Number.isNaN(digit) ? -1 : digit;
});
const TAB = 9;
const SPACE = 32;
const DELETE = 127;

/** Whether it may be in a name. */
export const isToken = (byte: number): boolean => tokens[byte] === 1;

/** Whether it may be in a value. */
export const isText = (byte: number): boolean => (byte >= SPACE && byte !== DELETE) || byte === TAB;

/** Its value; −1: it is none. */
export const hexDigit = (byte: number): number => hexDigits[byte] as number;

/** Whether this name, given in lower case, stands there in any case. */
export function isNamed(header: Buffer, at: number, name: Uint8Array): boolean {
	for (let i = 0; i < name.length; i++) {
		const byte = header[at + i] as number;
		// Also takes bytes for letters that are none, but none of those may be in a name.
		if (byte !== name[i] && (byte | 0x20) !== name[i]) return false;
	}
	return true;
}

/** The decimal number that stands there, with blanks around it; NaN: there is something else. */
export function numberIn(header: Buffer, from: number, to: number): number {
	let at = from;
	let end = to;
	while (at < end && isBlank(header[at] as number)) at++;
	while (end > at && isBlank(header[end - 1] as number)) end--;
	let number = at < end ? 0 : Number.NaN;
	for (; at < end; at++) {
		const digit = (header[at] as number) - 48;
		number = digit >= 0 && digit <= 9 ? number * 10 + digit : Number.NaN;
	}
	return number;
}

/** Whether all that stands there, but for a blank before it, is this word, given in lower case. */
export const isWord = (header: Buffer, from: number, to: number, word: Uint8Array): boolean =>
	to - from === word.length + 1 && header[from] === SPACE && isNamed(header, from + 1, word);

/** The members of a list, in lower case. */
export const tokensIn = (header: Buffer, from: number, to: number): string[] =>
	header
		.toString("latin1", from, to)
		.toLowerCase()
		.split(",")
		.map((token) => token.trim());

const isBlank = (byte: number): boolean => byte === SPACE || byte === TAB;
