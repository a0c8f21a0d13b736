/**
 * What a target, a file or a command line says may hold anything: escape sequences that move the cursor, set the title or answer
 * in the user's name. On a screen control characters are shown as what they are; "\u001b" is also how JSON writes them.
 */
const CONTROL = /\p{Cc}|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
/** Colours and their like, which we set ourselves. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with one
const OWN_STYLE = /(\u001b\[[0-9;]*m)/;

const escaped = (character: string): string =>
	character === "\n" || character === "\t" ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** The text with its control characters made visible, but for line ends and tabs. */
export const visibleText = (text: string): string => text.replace(CONTROL, escaped);

/** The same for text that carries our own colours. */
export const visibleStyledText = (text: string): string =>
	text
		.split(OWN_STYLE)
		.map((part, index) => (index % 2 === 1 ? part : visibleText(part)))
		.join("");

/**
 * Each line cut to so many characters, with what is missing said.
 * @param keptAtEnd so many of them are the line's last ones
 */
export const cutLines = (text: string, mostCharacters: number, keptAtEnd = 0): string =>
	text
		.split("\n")
		.map((line) =>
			line.length <= mostCharacters
				? line
				: `${line.slice(0, mostCharacters - keptAtEnd)}… (${line.length - mostCharacters} more characters)${
						keptAtEnd === 0 ? "" : ` …${line.slice(-keptAtEnd)}`
					}`,
		)
		.join("\n");
