import { usageError } from "#src/errors.js";

/** What is asked of an option of commander's. */
export interface NamedOption {
	readonly short?: string | undefined;
	readonly long?: string | undefined;
	/** Whether a value must follow. */
	readonly required: boolean;
}

/**
 * Refuses a command line in which an option stands where another one's value should be: `--token --out runs` would send "--out" as
 * the token, and load "runs". Where such a value is meant, it is attached: `--token=--out`.
 * @throws KnownError USAGE
 */
export function refuseMissingValues(args: readonly string[], options: readonly NamedOption[]): void {
	const named = (arg: string | undefined): NamedOption | undefined =>
		arg === undefined ? undefined : options.find(({ short, long }) => short === arg || long === arg);
	for (let at = 0; at < args.length; at++) {
		if (named(args[at])?.required !== true) continue;
		at++;
		if (named(args[at]) !== undefined) {
			throw usageError(
				`${args[at - 1]} has no value: behind it comes ${args[at]}`,
				"give it one, or write both as one word if that is meant (--name=value)",
			);
		}
	}
}
