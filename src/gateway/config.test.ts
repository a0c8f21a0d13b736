import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { resolveConfig } from "./config.js";
import { ConfigError } from "./errors.js";
import { type Flags, parseFlags } from "./flags.js";
import { layerNames } from "./layers/names.js";

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "gateway-config-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function tomlFile(content: string): string {
	const file = join(folder, "agentzero.toml");
	writeFileSync(file, content);
	return file;
}

function resolve(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
	const flags = parseFlags(args, () => {});
	if (flags === undefined) throw new Error("these flags ask for help");
	return resolveConfig(flags, env);
}

function refusal(args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
	try {
		resolve(args, env);
	} catch (error) {
		expect(error).toBeInstanceOf(ConfigError);
		return (error as Error).message;
	}
	throw new Error(`${args.join(" ")} was accepted`);
}

describe("where settings come from", () => {
	it("has the documented defaults", () => {
		expect(resolve(["--no-auth"]).config).toEqual({
			host: "127.0.0.1",
			port: 18_800,
			auth: { kind: "off" },
			rateLimit: { max: 600, perIdentity: 0, windowSecs: 60 },
			maxBodyBytes: 1_048_576,
			maxEventLoopDelayMs: 1000,
			corsAllowedOrigins: [],
			log: "stderr",
			layers: layerNames,
			provider: { kind: "static", tokens: 20 },
			maxRuns: 10_000,
			heartbeatIntervalMs: 1000,
			conversation: { pingIntervalMs: 30_000, idleTimeoutMs: 300_000 },
		});
	});

	it("knows the provider and its settings from the file, the environment and flags", () => {
		const config = tomlFile('[gateway]\nprovider = "latency"\nprovider_seed = 3\nmax_runs = 5\n');
		const env = { AZ_GATEWAY_PROVIDER_SEED: "4", AZ_GATEWAY_PROVIDER_TOKEN_MS: "2" };
		const args = ["--no-auth", "--config", config, "--provider-first-token-ms", "30", "--provider-spread-percent", "0"];
		const resolved = resolve(args, env).config;
		const latency = { kind: "latency", tokens: 20, firstTokenMs: 30, tokenMs: 2, spreadPercent: 0, seed: 4 };
		expect(resolved).toMatchObject({ provider: latency, maxRuns: 5 });
		const failing = ["--provider", "failing", "--provider-fail-every", "7", "--provider-fail-after-tokens", "2"];
		expect(resolve([...args, ...failing], env).config.provider).toEqual({
			kind: "failing",
			tokens: 20,
			every: 7,
			afterTokens: 2,
		});
	});

	it("lets the environment win over the file, and flags over both", () => {
		const config = tomlFile(
			'[gateway]\nrate_limit_max = 1\nrate_limit_window_secs = 2\nmax_body_bytes = 3\ncors_allowed_origins = ["https://a.example"]\n',
		);
		const env = { PORT: "4000", AZ_GATEWAY_RATE_LIMIT_MAX: "10", AZ_GATEWAY_RATE_LIMIT_WINDOW_SECS: "20" };
		const resolved = resolve(["--no-auth", "--config", config, "--rate-limit-max", "100"], env).config;
		expect(resolved.rateLimit).toEqual({ max: 100, perIdentity: 0, windowSecs: 20 });
		expect(resolved).toMatchObject({ port: 4000, maxBodyBytes: 3, corsAllowedOrigins: ["https://a.example"] });
		expect(resolve(["--no-auth", "--port", "0"], env).config.port).toBe(0);
	});

	it("takes an empty variable as not set, and lists with commas", () => {
		const env = { PORT: "", AZ_GATEWAY_CORS_ALLOWED_ORIGINS: "https://a.example, http://localhost:3000" };
		const { config } = resolve(["--no-auth"], env);
		expect(config.port).toBe(18_800);
		expect(config.corsAllowedOrigins).toEqual(["https://a.example", "http://localhost:3000"]);
	});

	it("does without the [gateway] table, and names keys it does not know", () => {
		expect(resolve(["--no-auth", "--config", tomlFile("[other]\na = 1\n")]).notes).toEqual([]);
		const { notes } = resolve(["--no-auth", "--config", tomlFile("[gateway]\nrate_limt_max = 1\n")]);
		expect(notes).toHaveLength(1);
		expect(notes[0]).toMatch(/rate_limt_max in .* is ignored; the nearest known key is rate_limit_max/);
	});
});

describe("what is refused, in one sentence", () => {
	it.each([
		[["--port", "70000"], "--port must be a whole number from 0 to 65535, not 70000"],
		[["--port", "-1"], '--port must be a whole number from 0 to 65535, not "-1"'],
		[["--port", "80x"], '--port must be a whole number from 0 to 65535, not "80x"'],
		[["--rate-limit-max", "1.5"], '--rate-limit-max must be a whole number of at least 0, not "1.5"'],
		[["--provider", "gpt"], '--provider must be one of static, latency, failing, not "gpt"'],
		[["--provider-fail-every", "0"], "--provider-fail-every must be a whole number of at least 1, not 0"],
		[["--prot", "1"], "unknown option '--prot' (Did you mean --port?); see --help"],
		[["--layers", "cors,auht"], 'there is no layer "auht" for --layers: did you mean auth?'],
		[["--without", "compression"], 'there is no layer "compression" for --without: did you mean compress?'],
	])("%j", (args, sentence) => {
		expect(refusal([...args, "--no-auth"])).toBe(sentence);
	});

	it("names the variable or the file that holds the mistake", () => {
		expect(refusal(["--no-auth"], { PORT: "abc" })).toBe('PORT must be a whole number from 0 to 65535, not "abc"');
		const wrongType = tomlFile('[gateway]\nrate_limit_max = "many"\n');
		expect(refusal(["--no-auth", "--config", wrongType])).toBe(
			`rate_limit_max in ${wrongType} must be a whole number of at least 0, not "many"`,
		);
		const wrongOrigin = tomlFile('[gateway]\ncors_allowed_origins = ["example.org/app"]\n');
		expect(refusal(["--no-auth", "--config", wrongOrigin])).toMatch(/must be a list of origins .* not \["example/);
		expect(refusal(["--no-auth", "--config", tomlFile("gateway = 3\n")])).toMatch(/must be a table/);
		const broken = refusal(["--no-auth", "--config", tomlFile("[gateway]\nport = = 3\n")]);
		expect(broken).toMatch(/agentzero\.toml, line 2, column \d+: /);
		expect(broken).not.toContain("\n");
		expect(refusal(["--no-auth", "--config", join(folder, "absent.toml")])).toMatch(/ENOENT.*check --config/);
	});
});

describe("auth", () => {
	it("refuses to start without a token unless it is turned off", () => {
		expect(refusal([])).toMatch(/--token.*--no-auth/);
		expect(refusal([], { AZ_GATEWAY_TOKEN: " , " })).toMatch(/--token.*--no-auth/);
		expect(resolve(["--no-auth", "--token", "a"]).config.auth).toEqual({ kind: "off" });
		expect(resolve(["--without", "auth"]).config.auth).toEqual({ kind: "off" });
	});

	it("takes several tokens; those on the command line replace those of the environment", () => {
		const env = { AZ_GATEWAY_TOKEN: "one,two" };
		expect(resolve([], env).config.auth).toEqual({ kind: "tokens", tokens: ["one", "two"] });
		expect(resolve(["--token", "x", "--token", "y"], env).config.auth).toEqual({ kind: "tokens", tokens: ["x", "y"] });
	});

	it("does not quote a token it refuses", () => {
		expect(refusal(["--token", "se cret"])).not.toContain("cret");
	});
});

describe("layers", () => {
	const layersOf = (flags: Partial<Flags>) => resolveConfig({ auth: false, ...flags }, {}).config.layers;

	it("are all on by default and keep their order whatever the order asked for", () => {
		expect(layersOf({})).toEqual(layerNames);
		expect(layersOf({ layers: "compress, hsts,compress" })).toEqual(["hsts", "compress"]);
	});

	it("can be none, all but some, or some but others", () => {
		expect(layersOf({ layers: "" })).toEqual([]);
		expect(layersOf({ without: "cors,logger" })).toEqual(layerNames.filter((n) => n !== "cors" && n !== "logger"));
		expect(layersOf({ layers: "cors,logger", without: "cors" })).toEqual(["logger"]);
	});
});

it("prints help and asks for nothing else", () => {
	let help = "";
	expect(parseFlags(["--help"], (text) => (help += text))).toBeUndefined();
	for (const flag of ["--port", "--no-auth", "--layers", "under-pressure"]) expect(help).toContain(flag);
});
