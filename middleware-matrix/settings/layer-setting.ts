import { usageError } from "#src/errors.js";
import { parseCommandLine, parseEnvironment } from "#src/sides/parse-sides.js";

/** What is added to a command to bring a layer into one of its two states. */
export interface Addition {
	readonly env: Readonly<Record<string, string>>;
	/** Arguments at the end of the command line. */
	readonly flags: readonly string[];
}

/**
 * A layer of any server, and how it is switched. As a rule only `off` adds anything: the command as it stands has the
 * layer.
 */
export interface LayerSetting {
	readonly name: string;
	readonly off: Addition;
	readonly on: Addition;
}

export const NOTHING_ADDED: Addition = { env: {}, flags: [] };

/** Letters and digits of any script, and what package names need; "=" , "," and "+" separate names elsewhere. */
const NAME = /^[\p{L}\p{N}@][\p{L}\p{N}@/._:# -]*$/u;
const LONGEST_NAME = 80;
/** Words that stand for variants or choices of them on the command line. */
const RESERVED: ReadonlySet<string> = new Set(["all", "bare", "none", "real"]);

const EXAMPLE = "write --layer cors=env:CORS=0 or --layer cors=flag:--no-cors";

/** True for what is written as a setting; anything else that --layer may be given is a file. */
export const isLayerSetting = (text: string): boolean => /^[^=]*=\s*(env|flag):/.test(text);

/**
 * "cors=env:CORS=0" or "cors=flag:--no-cors": what turns the layer off. Several settings are separated by a comma,
 * where env: or flag: follows it, so that values may have commas. A flag with a value of its own is two words:
 * "cors=flag:--without cors".
 * @throws KnownError USAGE. Values of variables are not repeated: they may be secrets
 */
export function parseLayerSetting(text: string): LayerSetting {
	const at = text.indexOf("=");
	const shown = text.split(/[=:]/)[0]?.trim();
	if (at < 0) throw usageError(`--layer "${shown}" does not say what turns the layer off`, EXAMPLE);
	const name = checkedLayerName(text.slice(0, at), `--layer "${shown}"`);
	const env: Record<string, string> = {};
	const flags: string[] = [];
	for (const part of text.slice(at + 1).split(/,\s*(?=(?:env|flag):)/)) {
		const [kind = "", value = ""] = splitOnce(part.trim());
		switch (kind) {
			case "env": {
				const [variable, assigned] = parseEnvironment(value, `--layer ${name}=env:`);
				if (variable in env) throw usageError(`--layer ${name} sets ${variable} twice`, "keep one of both");
				env[variable] = assigned;
				break;
			}
			case "flag":
				flags.push(...parseCommandLine(value, `--layer ${name}=flag:`));
				break;
			default:
				throw usageError(`--layer ${name} is switched by neither env: nor flag:`, EXAMPLE);
		}
	}
	return { name, off: { env, flags }, on: NOTHING_ADDED };
}

/** The name without blanks around it. @param place where it was written, for the message @throws KnownError USAGE */
export function checkedLayerName(written: string, place: string): string {
	const name = written.trim();
	if (name === "") throw usageError(`${place} has no name for the layer`, EXAMPLE);
	if (name.length > LONGEST_NAME) {
		throw usageError(
			`${place}: the name "${name.slice(0, 20)}…" is too long`,
			`use at most ${LONGEST_NAME} characters`,
		);
	}
	if (RESERVED.has(name.toLowerCase())) {
		throw usageError(
			`${place}: no layer can be called "${name}"`,
			`the word means something here; write ${name}-layer`,
		);
	}
	if (!NAME.test(name)) {
		throw usageError(
			`${place}: ${JSON.stringify(name)} is no name for a layer`,
			"begin with a letter, a digit or @, and use letters, digits, blanks and @ / . _ : # -",
		);
	}
	return name;
}

const splitOnce = (text: string): [string, string] => {
	const at = text.indexOf(":");
	return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
};
