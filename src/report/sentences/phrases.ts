/** Parts of which sentences are made. */

/** "a", "a and b", "a, b and c" */
export const listOf = (names: readonly string[]): string =>
	names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

/** What somebody else said, so that a sentence of ours can go on or end behind it. */
export const quoted = (message: string): string => message.replace(/\.$/, "");

/** "service time" → "Service time" */
export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
