import { readFileSync } from "node:fs";
import { parse, TomlError } from "smol-toml";
import * as z from "zod";
import { ConfigError } from "./errors.js";
import { nearest } from "./nearest.js";
import { providerKinds } from "./providers/settings.js";

const wholeNumber = (least: number, most = Number.MAX_SAFE_INTEGER) => {
	const error = `must be a whole number ${most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`}`;
	return z.int({ error }).min(least, { error }).max(most, { error });
};

const LONGEST_DELAY_MS = 600_000;
const LONGEST_INTERVAL_MS = 86_400_000;

const text = z.string({ error: "must be a text" }).min(1, { error: "must not be empty" });
const originsError = 'must be a list of origins such as "https://example.org", or "*"';
const origin = z.string({ error: originsError }).refine(isOrigin, { error: originsError });

/** Everything a file, the environment or a flag can set, by its name in the file. */
const settingsSchema = z.object({
	host: text,
	port: wholeNumber(0, 65_535),
	rate_limit_max: wholeNumber(0),
	rate_limit_per_identity: wholeNumber(0),
	rate_limit_window_secs: wholeNumber(1),
	max_body_bytes: wholeNumber(1),
	max_event_loop_delay_ms: wholeNumber(0),
	cors_allowed_origins: z.array(origin, { error: originsError }),
	log: text,
	provider: z.enum(providerKinds, { error: `must be one of ${providerKinds.join(", ")}` }),
	provider_tokens: wholeNumber(1, 100_000),
	provider_first_token_ms: wholeNumber(0, LONGEST_DELAY_MS),
	provider_token_ms: wholeNumber(0, LONGEST_DELAY_MS),
	provider_spread_percent: wholeNumber(0, 500),
	provider_seed: wholeNumber(0, 2 ** 32 - 1),
	provider_fail_every: wholeNumber(1),
	provider_fail_after_tokens: wholeNumber(0),
	max_runs: wholeNumber(1, 1_000_000),
	heartbeat_interval_ms: wholeNumber(1, LONGEST_INTERVAL_MS),
	ws_ping_interval_ms: wholeNumber(1, LONGEST_INTERVAL_MS),
	ws_idle_timeout_ms: wholeNumber(1, LONGEST_INTERVAL_MS),
});

export type Settings = z.infer<typeof settingsSchema>;
export type SettingName = keyof Settings;

const settingNames = Object.keys(settingsSchema.shape) as SettingName[];

/** Settings from one place, not yet checked, and how that place calls each of them. */
export interface Source {
	readonly values: Readonly<Record<string, unknown>>;
	readonly nameOf: (name: string) => string;
}

/** @throws ConfigError naming the place, the setting, what it must be and what it is */
export function checkSettings({ values, nameOf }: Source): Partial<Settings> {
	const result = settingsSchema.partial().safeParse(values);
	// The type would allow keys that are there and undefined; no source makes such.
	if (result.success) return result.data as Partial<Settings>;
	const [issue] = result.error.issues;
	const name = String(issue?.path[0]);
	throw new ConfigError(`${nameOf(name)} ${issue?.message}, not ${JSON.stringify(values[name])}`);
}

/** A setting's environment variable; the port's is the one that everything which hosts a service sets. */
const variableOf = (name: string): string => (name === "port" ? "PORT" : `AZ_GATEWAY_${name.toUpperCase()}`);

/** Variables that are set but empty count as not set. */
export function environmentSource(env: NodeJS.ProcessEnv): Source {
	const values: Record<string, unknown> = {};
	for (const name of settingNames) {
		const written = env[variableOf(name)];
		if (written) values[name] = fromText(name, written);
	}
	return { values, nameOf: variableOf };
}

/** What a text stands for in that setting; a text that does not fit stays, and the check refuses it. */
export function fromText(name: SettingName, written: string): unknown {
	if (name === "cors_allowed_origins") return written.split(",").map((part) => part.trim());
	if (name === "host" || name === "log" || name === "provider") return written;
	return /^\d+$/.test(written) ? Number(written) : written;
}

export interface FileSource extends Source {
	/** Sentences on keys that are not ours. They are no errors: other programs may share the table. */
	readonly notes: readonly string[];
}

/**
 * The [gateway] table of a TOML file.
 *
 * @throws ConfigError where the file cannot be read or is not TOML
 */
export function fileSource(file: string): FileSource {
	const table: unknown = readToml(file).gateway ?? {};
	if (!isTable(table)) {
		throw new ConfigError(`gateway in ${file} must be a table: write [gateway] on a line of its own`);
	}
	const unknown = Object.keys(table).filter((key) => !settingNames.includes(key as SettingName));
	return {
		values: table,
		nameOf: (name) => `${name} in ${file}`,
		notes: unknown.map((key) => `${key} in ${file} is ignored; the nearest known key is ${nearest(key, settingNames)}`),
	};
}

function readToml(file: string): Record<string, unknown> {
	try {
		return parse(readFileSync(file, "utf8"));
	} catch (error) {
		if (error instanceof TomlError) {
			const [problem] = error.message.split("\n");
			throw new ConfigError(`${file}, line ${error.line}, column ${error.column}: ${problem}`);
		}
		const reason = error instanceof Error ? error.message : String(error);
		throw new ConfigError(`cannot read the configuration: ${reason}; check --config`);
	}
}

function isTable(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function isOrigin(written: string): boolean {
	return written === "*" || (URL.canParse(written) && new URL(written).origin === written);
}
