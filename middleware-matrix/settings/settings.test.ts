import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KnownError } from "#src/errors.js";
import type { TargetSpec } from "#src/target/target.js";
import { applySettings } from "./apply-settings.js";
import { readLayerFile } from "./layer-file.js";
import { readLayerOptions } from "./layer-options.js";
import { NOTHING_ADDED, parseLayerSetting } from "./layer-setting.js";

let folder: string;
const { signal } = new AbortController();
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "az-prof-layers-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(name: string, text: string): string {
	const path = join(folder, name);
	writeFileSync(path, text);
	return path;
}

async function rejectionOf(work: Promise<unknown>): Promise<string> {
	try {
		await work;
	} catch (error) {
		expect(error).toBeInstanceOf(KnownError);
		return (error as Error).message;
	}
	throw new Error("nothing was refused");
}

function messageFrom(action: () => unknown): string {
	try {
		action();
	} catch (error) {
		expect(error).toBeInstanceOf(KnownError);
		expect((error as KnownError).code).toBe("USAGE");
		return (error as KnownError).message;
	}
	throw new Error("it did not fail");
}

describe("parseLayerSetting", () => {
	it.each([
		["cors=env:CORS=0", "cors", { env: { CORS: "0" }, flags: [] }],
		["cors=flag:--no-cors", "cors", { env: {}, flags: ["--no-cors"] }],
		["cors=env:CORS=", "cors", { env: { CORS: "" }, flags: [] }],
		["@fastify/cors#2=env:A=1,env:B=x=y,flag:--c", "@fastify/cors#2", { env: { A: "1", B: "x=y" }, flags: ["--c"] }],
		[
			"log in=env:LEVELS=a,b, flag:--without 'log in'",
			"log in",
			{ env: { LEVELS: "a,b" }, flags: ["--without", "log in"] },
		],
		["größe=flag:--s=a:b", "größe", { env: {}, flags: ["--s=a:b"] }],
	])("%s", (text, name, off) => {
		expect(parseLayerSetting(text)).toEqual({ name, off, on: NOTHING_ADDED });
	});

	it.each([
		["cors", /"cors" does not say what turns the layer off; write --layer cors=env:CORS=0/],
		["cors=CORS=0", /neither env: nor flag:/],
		["cors=file:x", /neither env: nor flag:/],
		["=env:CORS=0", /has no name/],
		["cors=env:0=1", /not NAME=value/],
		["cors=env:CORS", /not NAME=value/],
		["cors=env:A=1,env:A=2", /sets A twice/],
		["cors=flag:", /is empty/],
		["cors=flag:--a 'b", /not closed/],
		["all=env:A=1", /no layer can be called "all"/],
		["a,b=env:A=1", /is no name/],
		["../a=env:A=1", /is no name/],
		["a\nb=env:A=1", /is no name/],
		[`${"a".repeat(81)}=env:A=1`, /too long/],
	])("refuses %j", (text, message) => {
		expect(messageFrom(() => parseLayerSetting(text))).toMatch(message);
	});

	it("does not repeat values, which may be secrets", () => {
		for (const text of ["cors=env:1KEY=hunter2", "cors=KEY=hunter2", "cors:hunter2"]) {
			expect(messageFrom(() => parseLayerSetting(text))).not.toContain("hunter2");
		}
	});
});

describe("readLayerFile", () => {
	const cors = { name: "cors", off: { env: { CORS: "0" }, flags: ["--no-cors"] }, on: NOTHING_ADDED };
	const gzip = { name: "gzip", off: NOTHING_ADDED, on: { env: { GZIP: "true" }, flags: [] } };

	it("reads JSON", async () => {
		const text = '{"cors":{"off":{"env":{"CORS":0},"flags":["--no-cors"]}},"gzip":{"on":{"env":{"GZIP":true}}}}';
		expect(await readLayerFile(written("good.json", `\uFEFF${text}`), signal)).toEqual([cors, gzip]);
	});

	it("reads TOML", async () => {
		const text = '[cors.off]\nenv = { CORS = "0" }\nflags = ["--no-cors"]\n[gzip.on.env]\nGZIP = true\n';
		expect(await readLayerFile(written("good.toml", text), signal)).toEqual([cors, gzip]);
	});

	it.each([
		["a.json", '{\n"cors": {,}}', /a\.json, line 2, is not JSON: .*; write \{/],
		["b.toml", "[cors.off]\nenv = { CORS = }\n", /b\.toml, line 2, column \d+: /],
		["c.json", "[]", /c\.json: must be a table of layers; write \{/],
		["d.json", '{"cors":"--no-cors"}', /d\.json, cors: must be a table with off, on or both/],
		["e.json", '{"cors":{"of":{}}}', /e\.json, cors: has "of", which means nothing here: it must be a table with off/],
		["f.json", '{"cors":{"off":{"flag":[]}}}', /f\.json, cors\.off: has "flag", which .* with env, flags or both/],
		["g.json", '{"cors":{"off":{"flags":"--no-cors"}}}', /g\.json, cors\.off\.flags: must be a list of arguments/],
		["h.json", '{"cors":{"off":{"flags":[""]}}}', /h\.json, cors\.off\.flags\.0: must be a list of arguments/],
		["i.json", '{"cors":{"off":{"env":{"CORS":{}}}}}', /i\.json, cors\.off\.env\.CORS: must be a text such as "0"/],
		[
			"j.json",
			'{"cors":{"off":{"env":{"A B":"1"}}}}',
			/j\.json, cors\.off\.env\.A B: is no name of an environment variable/,
		],
		["k.json", '{"cors":{"off":{}}}', /k\.json, cors: nothing switches this layer/],
		["l.json", "{}", /l\.json has no layers/],
		["m.json", '{"none":{"off":{"flags":["-n"]}}}', /m\.json: no layer can be called "none"/],
		["n.json", "null", /n\.json: must be a table of layers/],
	])("says of %s what is wrong where, and what to write", async (name, text, message) => {
		expect(await rejectionOf(readLayerFile(written(name, text), signal))).toMatch(message);
	});

	it("says which file it cannot read", async () => {
		expect(await rejectionOf(readLayerFile(join(folder, "absent.json"), signal))).toMatch(
			/cannot read .*absent\.json.*--layer/,
		);
		expect(await rejectionOf(readLayerFile(folder, signal))).toMatch(
			/cannot read the layers from .*: it is a folder, not a plain file/,
		);
	});

	it.skipIf(process.platform === "win32")("does not wait for a pipe or a device", async () => {
		const pipe = join(folder, "pipe.json");
		execFileSync("mkfifo", [pipe]);
		expect(await rejectionOf(readLayerFile(pipe, signal))).toMatch(/it is a pipe, not a plain file/);
		expect(await rejectionOf(readLayerFile("/dev/zero", signal))).toMatch(/it is a device, not a plain file/);
	});

	it("does not repeat what the file holds", async () => {
		const secret = written("secret.json", '{"cors":{"off":{"env":{"KEY":"hunter2"');
		expect(await rejectionOf(readLayerFile(secret, signal))).not.toContain("hunter2");
		expect(await rejectionOf(readLayerFile(written("text.json", "hunter2"), signal))).not.toContain("hunter2");
	});
});

describe("readLayerOptions", () => {
	it("takes settings and files together, in their order", async () => {
		const path = written("two.json", '{"b":{"off":{"flags":["-b"]}},"c":{"off":{"flags":["-c"]}}}');
		const settings = await readLayerOptions(["a=env:A=0", path, "d=flag:--config=d.toml"], {}, signal);
		expect(settings.map(({ name }) => name)).toEqual(["a", "b", "c", "d"]);
	});

	it.each([
		[["a=env:A=0", "A=env:B=0"], /two layers "A"/],
		[["a=env:X=0", "b=env:X=1"], /"a" and "b" are both switched by X/],
		[["a=flag:--off", "b=flag:--off"], /"a" and "b" are both switched by --off/],
		[["a=env:SHELL_HAS=0"], /SHELL_HAS has the value that turns layer "a" off in this shell already/],
		[["cors"], /does not say what turns the layer off/],
	])("refuses %j", async (options, message) => {
		expect(await rejectionOf(readLayerOptions(options, { SHELL_HAS: "0" }, signal))).toMatch(message);
	});

	it("takes 40 layers that share the name of a flag but not its value", async () => {
		const names = Array.from({ length: 40 }, (_, index) => `layer ${index}`);
		const settings = await readLayerOptions(
			names.map((name) => `${name}=flag:--without '${name}'`),
			{},
			signal,
		);
		const spec = applySettings(
			{ kind: "command", argv: ["server"], env: {}, cwd: "/", port: null },
			settings,
			new Set(),
		);
		expect(spec.kind === "command" && spec.argv).toEqual(["server", ...names.flatMap((name) => ["--without", name])]);
	});
});

describe("applySettings", () => {
	const command: TargetSpec = {
		kind: "command",
		argv: ["./server", "-v"],
		env: { TOKEN: "t", GZIP: "?" },
		cwd: "/",
		port: 80,
	};
	const settings = [
		parseLayerSetting("cors=env:CORS=0,flag:--no-cors"),
		{ name: "gzip", off: { env: { GZIP: "0" }, flags: [] }, on: { env: { GZIP: "1" }, flags: ["--gzip", "9"] } },
	];

	it.each([
		[[], ["--no-cors"], { CORS: "0", GZIP: "0" }],
		[["cors"], [], { GZIP: "0" }],
		[["gzip"], ["--no-cors", "--gzip", "9"], { CORS: "0", GZIP: "1" }],
		[["cors", "gzip"], ["--gzip", "9"], { GZIP: "1" }],
	])("with %j on", (on, flags, env) => {
		expect(applySettings(command, settings, new Set(on))).toEqual({
			...command,
			argv: ["./server", "-v", ...flags],
			env: { TOKEN: "t", ...env },
		});
	});

	it("changes the reference gateway's flags as well", () => {
		const gateway: TargetSpec = { kind: "gateway", argv: [], env: {}, port: null };
		expect(applySettings(gateway, settings, new Set())).toMatchObject({ kind: "gateway", argv: ["--no-cors"] });
	});

	it("leaves the target it was given as it is", () => {
		const before = structuredClone(command);
		applySettings(command, settings, new Set());
		expect(command).toEqual(before);
	});

	it("refuses what cannot be switched", () => {
		const url: TargetSpec = { kind: "url", origin: "http://127.0.0.1:1" };
		expect(messageFrom(() => applySettings(url, settings, new Set()))).toMatch(/runs already/);
		const npm: TargetSpec = { ...command, argv: ["npm", "start"] };
		expect(messageFrom(() => applySettings(npm, settings, new Set()))).toMatch(
			/npm would keep --no-cors.*npm start --$/,
		);
		const passed = applySettings({ ...npm, argv: ["npm", "start", "--"] }, settings, new Set());
		expect(passed.kind === "command" && passed.argv).toEqual(["npm", "start", "--", "--no-cors"]);
	});
});
