import { parse, TomlError } from "smol-toml";
import * as z from "zod";
import { messageOf, usageError } from "#src/errors.js";
import { readPlainFile } from "#src/plain-file.js";
import { type Addition, checkedLayerName, type LayerSetting } from "./layer-setting.js";

const SHAPE = '{ "cors": { "off": { "env": { "CORS": "0" }, "flags": ["--no-cors"] } } }';
const LARGEST_FILE_BYTES = 1024 * 1024;

const valueError = 'must be a text such as "0"';
const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: "is no name of an environment variable" });
const value = z
	.union([z.string(), z.number(), z.boolean()], { error: valueError })
	.transform(String)
	.refine((text) => !text.includes("\0"), { error: valueError });
const flagsError = 'must be a list of arguments such as ["--no-cors"]';
const flag = z
	.string({ error: flagsError })
	.min(1, { error: flagsError })
	.refine((text) => !text.includes("\0"), { error: flagsError });

const table = <Shape extends z.core.$ZodLooseShape>(shape: Shape, error: string) =>
	z.strictObject(shape, {
		error: (issue) =>
			issue.code === "unrecognized_keys" ? `has "${issue.keys[0]}", which means nothing here: it ${error}` : error,
	});

const addition = table(
	{
		env: z.record(variable, value, { error: "must be a table of variables and their values" }).optional(),
		flags: z.array(flag, { error: flagsError }).optional(),
	},
	"must be a table with env, flags or both",
);
const layer = table({ off: addition.optional(), on: addition.optional() }, "must be a table with off, on or both");
const file = z.record(z.string(), layer, { error: "must be a table of layers" });

/**
 * Layers from a JSON file, or a TOML file where its name ends with .toml: by name, what is added to the command to turn
 * the layer `off`, and, where needed, to turn it `on`.
 *
 *     [cors.off]
 *     env = { CORS = "0" }
 *     flags = ["--no-cors"]
 *
 * @throws KnownError USAGE with the file, the place in it and what belongs there. Values are not repeated: they may be secrets
 */
export async function readLayerFile(path: string, signal: AbortSignal): Promise<LayerSetting[]> {
	const parsed = file.safeParse(tableOf(path, await readText(path, signal)));
	if (!parsed.success) {
		const [issue] = parsed.error.issues;
		const place = [path, placeOf(issue?.path ?? [])].filter(Boolean).join(", ");
		throw usageError(`${place}: ${problemOf(issue)}`, `write ${SHAPE}`);
	}
	const layers = Object.entries(parsed.data).map(([written, { off, on }]): LayerSetting => {
		const name = checkedLayerName(written, path);
		const setting = { name, off: additionOf(off), on: additionOf(on) };
		if (!addsAnything(setting.off) && !addsAnything(setting.on)) {
			throw usageError(`${path}, ${name}: nothing switches this layer`, `write ${SHAPE}`);
		}
		return setting;
	});
	if (layers.length === 0) throw usageError(`${path} has no layers`, `write ${SHAPE}`);
	return layers;
}

const additionOf = (written: z.infer<typeof addition> | undefined): Addition => ({
	env: written?.env ?? {},
	flags: written?.flags ?? [],
});

const addsAnything = ({ env, flags }: Addition): boolean => flags.length > 0 || Object.keys(env).length > 0;

const placeOf = (path: readonly PropertyKey[]): string => path.map(String).join(".");

/** A key that does not fit is reported as such, with what is wrong with it inside. */
const problemOf = (issue: z.core.$ZodIssue | undefined): string =>
	issue?.code === "invalid_key" ? (issue.issues[0]?.message ?? issue.message) : (issue?.message ?? "has another form");

function tableOf(path: string, text: string): unknown {
	try {
		return path.toLowerCase().endsWith(".toml") ? parse(text) : JSON.parse(text);
	} catch (error) {
		if (error instanceof TomlError) {
			const [problem] = error.message.split("\n");
			throw usageError(`${path}, line ${error.line}, column ${error.column}: ${problem}`, "correct it there");
		}
		throw usageError(
			`${path}${lineOf(text, error)} is not JSON: ${jsonProblem(error)}`,
			`write ${SHAPE}, or name it .toml`,
		);
	}
}

async function readText(path: string, signal: AbortSignal): Promise<string> {
	try {
		const text = (await readPlainFile(path, LARGEST_FILE_BYTES, signal)).toString("utf8");
		return text.replace(/^\uFEFF/, "");
	} catch (error) {
		signal.throwIfAborted();
		throw usageError(`cannot read the layers from ${path}: ${messageOf(error)}`, "give --layer a file of settings");
	}
}

/** Without the part of the text that newer engines quote: it may hold a secret. */
const jsonProblem = (error: unknown): string =>
	messageOf(error)
		.replace(/(, )?(\.\.\.)?".*" is not valid JSON$/s, "")
		.replace(/ in JSON at position \d+.*$/s, "");

function lineOf(text: string, error: unknown): string {
	const position = /at position (\d+)/.exec(messageOf(error))?.[1];
	return position === undefined ? "" : `, line ${text.slice(0, Number(position)).split("\n").length},`;
}
