const entities: Readonly<Record<string, string>> = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	'"': "&quot;",
	"'": "&#39;",
};

/** Text for an element's content or a quoted attribute. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => entities[char] ?? char);

/**
 * JSON for the inside of a <script> element. The HTML parser looks there for "</script" and "<!--" only, but with no
 * "<", ">" or "&" left there is nothing to find; U+2028 and U+2029 would end a line if it were ever read as JavaScript.
 */
export const jsonForScript = (value: unknown): string =>
	JSON.stringify(value).replace(
		/[<>&\u2028\u2029]/g,
		(char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
	);
