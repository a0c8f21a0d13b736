import { parseArgs } from "node:util";

/** A number on the command line: what it is where it is not given, and what it may be. */
export interface NumberOption {
	readonly usual: number;
	readonly least: number;
	readonly most: number;
}

/** Words between commas; a word that is not `of` those is refused. */
interface ListOption {
	readonly usual: string;
	readonly of: readonly string[];
}

/** By the name of the option, the words of which one is taken; the first where none is given. */
type Choices = Readonly<Record<string, readonly string[]>>;

interface Options<
	Numbers extends string,
	Lists extends string,
	Texts extends string,
	Flags extends string,
	Chosen extends Choices,
> {
	readonly numbers?: Readonly<Record<Numbers, NumberOption>>;
	readonly lists?: Readonly<Record<Lists, ListOption>>;
	readonly texts?: Readonly<Record<Texts, string>>;
	readonly flags?: readonly Flags[];
	readonly choices?: Chosen;
}

type OptionValues<
	Numbers extends string,
	Lists extends string,
	Texts extends string,
	Flags extends string,
	Chosen extends Choices,
> = Readonly<
	Record<Numbers, number> &
		Record<Lists, string[]> &
		Record<Texts, string> &
		Record<Flags, boolean> & { [Name in keyof Chosen]: Chosen[Name][number] }
>;

/** Draws can be repeated with the seed that a table names. */
export const SEED: NumberOption = { usual: Date.now() % 1_000_000, least: 0, most: 2 ** 32 - 1 };

/** What a script was asked for. Ends it with status 2 and a sentence where that cannot be. */
export function optionsOf<
	Numbers extends string = never,
	Lists extends string = never,
	Texts extends string = never,
	Flags extends string = never,
	const Chosen extends Choices = Readonly<Record<never, never>>,
>(
	wanted: Options<Numbers, Lists, Texts, Flags, Chosen>,
	args: readonly string[] = process.argv.slice(2),
): OptionValues<Numbers, Lists, Texts, Flags, Chosen> {
	const numbers = Object.entries<NumberOption>(wanted.numbers ?? {});
	const lists = Object.entries<ListOption>(wanted.lists ?? {});
	const texts = Object.entries<string>(wanted.texts ?? {});
	const choices = Object.entries<readonly string[]>(wanted.choices ?? {});
	const written = parse(
		args,
		[...numbers, ...lists, ...texts, ...choices].map(([name]) => name),
		wanted.flags ?? [],
	);
	const values: Record<string, number | string | string[] | boolean> = {};
	for (const [name, usual] of texts) values[name] = written.texts[name] ?? usual;
	for (const name of wanted.flags ?? []) values[name] = written.flags.has(name);
	for (const [name, option] of numbers) values[name] = numberOf(name, written.texts[name], option);
	for (const [name, { usual, of }] of lists) values[name] = knownWords(name, written.texts[name] ?? usual, of);
	for (const [name, of] of choices) {
		const [word = "", ...more] = knownWords(name, written.texts[name] ?? of[0] ?? "", of);
		if (more.length > 0) refuse(`--${name} takes one word: ${of.join(", ")}`);
		values[name] = word;
	}
	return values as OptionValues<Numbers, Lists, Texts, Flags, Chosen>;
}

function numberOf(name: string, text: string | undefined, { usual, least, most }: NumberOption): number {
	const value = Number(text ?? usual);
	return value >= least && value <= most ? value : refuse(`--${name} must be ${least} to ${most}`);
}

function knownWords(name: string, text: string, of: readonly string[]): string[] {
	const words = text.split(",");
	const strange = words.find((word) => !of.includes(word));
	return strange === undefined ? words : refuse(`--${name}: there is no ${strange}; there are ${of.join(", ")}`);
}

function parse(
	args: readonly string[],
	texts: readonly string[],
	flags: readonly string[],
): { readonly texts: Readonly<Record<string, string>>; readonly flags: ReadonlySet<string> } {
	const options = Object.fromEntries([
		...texts.map((name) => [name, { type: "string" }] as const),
		...flags.map((name) => [name, { type: "boolean" }] as const),
	]);
	try {
		const given = Object.entries(parseArgs({ args: [...args], options }).values);
		return {
			texts: Object.fromEntries(given.filter((each): each is [string, string] => typeof each[1] === "string")),
			flags: new Set(given.flatMap(([name, value]) => (value === true ? [name] : []))),
		};
	} catch (error) {
		return refuse(error instanceof Error ? error.message : String(error));
	}
}

function refuse(sentence: string): never {
	console.error(sentence);
	process.exit(2);
}
