import { redactArgv } from "./command-line.js";
import { redactQuery } from "./query.js";
import { isHarmlessHeader, REPLACEMENT, tellsNothing } from "./secret-names.js";
import { SHORTEST_SECRET, shapesOf } from "./shapes.js";

/** One that is shorter may be a part of any word: it is replaced only where it stands alone. */
const SURELY_A_SECRET = 8;

/** The values that must not be written, from the headers of a request. */
export const secretsOfHeaders = (headers: Readonly<Record<string, string>>): string[] =>
	Object.entries(headers).flatMap(([name, value]) => (isHarmlessHeader(name) || tellsNothing(value) ? [] : [value]));

/** Shapes by their first characters, so that a text is gone through once, however many there are. */
type Index = ReadonlyMap<string, readonly string[]>;

const indexes = new WeakMap<readonly string[], Index>();

function indexOf(secrets: readonly string[]): Index {
	const known = indexes.get(secrets);
	if (known !== undefined) return known;
	const index = new Map<string, string[]>();
	for (const shape of shapesOf(secrets)) {
		const start = shape.slice(0, SHORTEST_SECRET);
		const others = index.get(start);
		if (others === undefined) index.set(start, [shape]);
		else others.push(shape);
	}
	indexes.set(secrets, index);
	return index;
}

/** The text without these secrets, in whatever shape they stand there. */
export function redactText(text: string, secrets: readonly string[]): string {
	if (secrets.length === 0 || text.length < SHORTEST_SECRET) return text;
	const index = indexOf(secrets);
	let redacted = "";
	let kept = 0;
	for (let at = 0; at + SHORTEST_SECRET <= text.length; at++) {
		const found = index.get(text.slice(at, at + SHORTEST_SECRET))?.find((shape) => stands(text, shape, at));
		if (found === undefined) continue;
		redacted += text.slice(kept, at) + REPLACEMENT;
		kept = at + found.length;
		at = kept - 1;
	}
	return kept === 0 ? text : redacted + text.slice(kept);
}

function stands(text: string, shape: string, at: number): boolean {
	if (!text.startsWith(shape, at)) return false;
	if (shape.length >= SURELY_A_SECRET) return true;
	return !isWordCharacter(text[at - 1]) && !isWordCharacter(text[at + shape.length]);
}

const isWordCharacter = (character: string | undefined): boolean => character !== undefined && /\w/.test(character);

const noWords: ReadonlySet<string> = new Set();
/** Command lines have secrets by their places as well, however short. */
const commandLineFields: ReadonlySet<string> = new Set(["argv", "commandLine"]);

/**
 * A copy in which no string, at any depth, holds a secret.
 * @param ownWords left as they are: what the reader of the value goes by ("complete", "load") is no secret
 */
export function redact<T>(value: T, secrets: readonly string[], ownWords: ReadonlySet<string> = noWords): T {
	if (typeof value === "string") return (ownWords.has(value) ? value : redactText(value, secrets)) as T;
	if (Array.isArray(value)) return value.map((each) => redact(each, secrets, ownWords)) as T;
	if (typeof value !== "object" || value === null) return value;
	// Spread, so that a key of that name stays a key and is no prototype.
	const copy: Record<string, unknown> = { ...(value as Record<string, unknown>) };
	for (const key of Object.keys(copy)) {
		const each = copy[key];
		const isCommandLine = commandLineFields.has(key) && isTexts(each);
		copy[key] = redact(isCommandLine ? redactArgv(each) : each, secrets, isCommandLine ? noWords : ownWords);
	}
	return copy as T;
}

const isTexts = (value: unknown): value is string[] =>
	Array.isArray(value) && value.every((each) => typeof each === "string");

/** Headers as the record keeps them. */
export const redactHeaders = (headers: Readonly<Record<string, string>>): Record<string, string> =>
	Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [name, isHarmlessHeader(name) ? value : REPLACEMENT]),
	);

/** "/items?access_token=abc" → "/items?access_token=[secret]" */
export const redactPath = (path: string): string => redactQuery(path, () => REPLACEMENT);
