/** A shorter text would blank out half of what it is looked for in. */
export const SHORTEST_SECRET = 4;
/** What is left of a text of which only the middle is known must be at least as long to be looked for. */
const SHORTEST_FRAGMENT = 8;

/**
 * Every shape in which a target, or a library in it, is likely to write these secrets: decoded where they are encoded, their parts, and all
 * of that encoded. Longest first.
 */
export function shapesOf(secrets: Iterable<string>): string[] {
	const plain = new Set<string>();
	for (const secret of secrets) for (const part of decodedParts(secret)) plain.add(part);
	const shapes = new Set<string>();
	for (const text of plain) for (const shape of encodings(text)) if (isTelling(shape)) shapes.add(shape);
	return [...shapes].sort((a, b) => b.length - a.length);
}

/** A short number may be any figure of the record. */
const isTelling = (shape: string): boolean => shape.length >= SHORTEST_SECRET && !/^\d{1,5}$/.test(shape);

/** The text, what it is when it is decoded, and those parts of it that are secrets by themselves. */
function decodedParts(text: string): string[] {
	const parts = [text, text.trim()];
	// "Bearer abc", "Basic dXNlcjpwYXNz"
	const bare = /^[A-Za-z][\w-]*\s+(\S.*)$/s.exec(text)?.[1];
	if (bare !== undefined) parts.push(bare);
	// Cookies, and parameters of a scheme: each value, with and without its name.
	for (const pair of text.split(/[;,]\s*/)) {
		const at = pair.indexOf("=");
		const value = at > 0 ? pair.slice(at + 1).replace(/^"|"$/g, "") : "";
		if (value.replace(/=+$/, "").length >= SHORTEST_SECRET) parts.push(value);
	}
	for (const part of [...parts]) {
		const decoded = percentDecoded(part);
		if (decoded !== null) parts.push(decoded);
		const credentials = base64Decoded(part);
		if (credentials !== null) parts.push(credentials, ...passwordOf(credentials));
	}
	return [...new Set(parts)].filter((part) => part.length >= SHORTEST_SECRET);
}

function percentDecoded(text: string): string | null {
	if (!text.includes("%") && !text.includes("+")) return null;
	try {
		return decodeURIComponent(text.replaceAll("+", " "));
	} catch {
		return null;
	}
}

/** Null where it is not base64 of a readable text. */
function base64Decoded(text: string): string | null {
	if (text.length < SHORTEST_FRAGMENT || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return null;
	const bytes = Buffer.from(text, "base64");
	const isSame = bytes.toString("base64url") === text.replace(/=+$/, "").replaceAll("+", "-").replaceAll("/", "_");
	const decoded = bytes.toString("utf8");
	return isSame && /^[\x20-\x7e]+$/.test(decoded) ? decoded : null;
}

/** "user:password" → ["password"] */
const passwordOf = (credentials: string): string[] =>
	credentials.includes(":") ? [credentials.slice(credentials.indexOf(":") + 1)] : [];

function encodings(anyText: string): string[] {
	const bytes = Buffer.from(anyText);
	// Without halves of surrogate pairs, which nothing can encode.
	const text = bytes.toString();
	const hex = bytes.toString("hex");
	return [
		text,
		JSON.stringify(text).slice(1, -1),
		JSON.stringify(JSON.stringify(text).slice(1, -1)).slice(1, -1),
		encodeURIComponent(text),
		new URLSearchParams([["", text]]).toString().slice(1),
		text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
		hex,
		hex.toUpperCase(),
		...[0, 1, 2].flatMap((before) => base64Within(bytes, before)),
	];
}

/** What is certain of the base64 of a longer text in which these bytes begin `before` bytes after a multiple of three. */
function base64Within(bytes: Buffer, before: number): string[] {
	const encoded = Buffer.concat([Buffer.alloc(before), bytes])
		.toString("base64")
		.replace(/=+$/, "");
	const unknownAtStart = Math.ceil((before * 8) / 6);
	const unknownAtEnd = (before + bytes.length) % 3 === 0 ? 0 : 1;
	const core = encoded.slice(unknownAtStart, encoded.length - unknownAtEnd);
	return core.length < SHORTEST_FRAGMENT ? [] : [core, core.replaceAll("+", "-").replaceAll("/", "_")];
}
