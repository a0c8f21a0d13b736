import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { entryPoint } from "#src/process/entry-point.js";
import { type CliOptions, fixture, runCli, temporaryFolder } from "./support/run-cli.js";

const folder = temporaryFolder();
const runs = join(folder, "runs");
const short = ["-d", "500ms", "--warmup", "100ms", "-c", "4", "--out", runs];

const hasOpenSsl = spawnSync("openssl", ["version"]).status === 0;

/** One sentence, exit code 2, and nothing measured. */
async function expectRefused(args: readonly string[], sentence: RegExp, options: CliOptions = {}): Promise<void> {
	const result = await runCli(args, { cwd: folder, ...options });
	expect(result.stderr).toMatch(sentence);
	expect(result.stderr).not.toMatch(/a fault of az-prof|^\s+at /m);
	expect(result.stdout).toBe("");
	expect(result.code).toBe(2);
}

describe("names that every object of JavaScript has", () => {
	it.each([
		[["constructor"], /unknown command 'constructor'/],
		[["toString", "--help"], /unknown command 'toString'/],
		[["__proto__"], /unknown command '__proto__'/],
		[["hasOwnProperty", "/"], /unknown command 'hasOwnProperty'/],
		[["flame", "/", "--with", "constructor"], /there is no collector "constructor".*--with takes v8, 0x/],
		[["flame", "/", "--with", "v8,__proto__"], /there is no collector "__proto__"/],
		[["flame", "/", "--with", "clinic-docter"], /there is no collector "clinic-docter"; did you mean clinic-doctor\?/],
		[["load", "/", "--layers", "constructor"], /there is no layer "constructor"/],
		[["load", "toString:/"], /"toString" is not a method/],
		[["compare", "/", "--base", "a", "--fail-on", "valueOf=1%"], /--fail-on "valueOf=1%" is not understood/],
		[["export", "latest", "--format", "valueOf"], /there is no format "valueOf"/],
	])("%j are no words of ours", (args, sentence) => expectRefused(args, sentence));
});

describe("folders", () => {
	it("that are no folders", async () => {
		const file = join(folder, "a-file");
		writeFileSync(file, "");
		await expectRefused(["runs", "--out", file], /cannot list the runs in .*: it is not a folder; check --out/);
		await expectRefused(["report", "latest", "--out", file], /cannot list the runs in .*: it is not a folder/);
	});

	it("that were removed under our feet", () => {
		const gone = join(folder, "gone");
		mkdirSync(gone);
		const line = `rmdir ${JSON.stringify(gone)}; exec "$@"`;
		const result = spawnSync("sh", ["-c", line, "sh", process.execPath, entryPoint("cli"), "runs"], {
			cwd: gone,
			encoding: "utf8",
		});
		expect(result.stderr).toMatch(/the current folder was removed; change to one that exists/);
		expect(result.status).toBe(2);
	});

	it.each([
		["is missing", "/no/such/folder"],
		["has a name that is too long for a socket", join(folder, "x".repeat(120))],
	])("for temporary files: where TMPDIR %s another is used, which is said once", async (_, TMPDIR) => {
		const command = ["--", "node", fixture("ok.cjs")];
		const result = await runCli(["load", "/", ...short, ...command], { cwd: folder, env: { TMPDIR } });
		expect(result.stderr).toMatch(
			/^az-prof: the temporary folder \S+ (does not exist|has too long a name).*; \S+ is used\n$/,
		);
		expect(result.code).toBe(0);
	});
});

describe("what can be known before anything is measured", () => {
	const none = "/no/such/folder/report.md";
	it.each([
		[["alloc", "/", "--markdown", none], /cannot write the Markdown to .*check --markdown/],
		[["doctor", "/", "--markdown", none], /cannot write the Markdown to/],
		[["compare", "/", "--base-cmd", "a", "--head-cmd", "b", "--markdown", none], /cannot write the Markdown to/],
		[["matrix", "/", "--markdown", none], /cannot write the Markdown to/],
		[["load", "/", "--csv", "/no/such/folder/figures.csv"], /cannot write .*check --csv/],
		[["alloc", "--markdown", "/items"], /--markdown "\/items" looks like an endpoint/],
		[["load", "/", "--poll", "5ms"], /--poll is for an agent's loop that polls; give --agent-loop poll/],
		[["alloc", "/", "--markdown", "--json"], /--markdown and --json both want stdout/],
		[["load", "/", "--csv", "--json"], /--csv and --json both want stdout/],
		[["load", "/", "--layers", ""], /--layers names no layer; --layers none/],
		[["load", "/", "--layers", "cors", "--without", "cors"], /--layers and --without both name cors/],
		[["load", "/", "-H", "accept: a", "-H", "Accept: b"], /names the header accept twice/],
		[["load", "/", "-H", "authorization: x", "--token", "abcdef"], /a token and -H authorization both say who asks/],
		[
			["compare", "/", "--base-cmd", "a", "--head-cmd", "b", "--profile-duration", "3"],
			/^az-prof: --profile-duration "3"/,
		],
		[["matrix", "/", "--profile-duration", "3"], /^az-prof: --profile-duration "3"/],
	])("%j", (args, sentence) => expectRefused(args, sentence));

	it("is named as it was given: a port of the environment", async () => {
		await expectRefused(["load", "/"], /^az-prof: AZ_LOAD_PORT "x" is out of range/, { env: { AZ_LOAD_PORT: "x" } });
		await expectRefused(["calibrate", "/"], /unset AZ_LOAD_PORT/, { env: { AZ_LOAD_PORT: "4000" } });
	});

	it.each([
		[
			"a script that is not executable",
			"./server.js",
			/a file that is not executable; start it with node: node \.\/server\.js/,
		],
		["a script in the current folder", "server.js", /it is a file here; start it with node: node server\.js/],
		["a command in quotation marks", "node server.js", /leave out the quotation marks/],
	])("that the command cannot be started: %s", async (_, program, sentence) => {
		writeFileSync(join(folder, "server.js"), "");
		const result = await runCli(["load", "/", ...short, "--", program], { cwd: folder });
		expect(result.stderr).toMatch(sentence);
		expect(result.code).toBe(2);
	});
});

describe("a target that ends before it answers", () => {
	const started = (name: string, code: string): Promise<{ stdout: string; stderr: string; code: number | null }> => {
		const file = join(folder, name);
		writeFileSync(file, code);
		return runCli(["load", "/", ...short, "--", "node", file], { cwd: folder });
	};

	it.each([
		["without a package", `require("no-such-package")`, /package no-such-package is not installed.*run npm install/],
		["without a file", `require("./none.js")`, /there is no \.\/none\.js; check the path/],
		["with code that is none", "const a = ;", /its code cannot be parsed \(Unexpected token ';'\)/],
		["as it is no CommonJS", `import a from "node:fs";`, /mixes ES modules and CommonJS/],
		["without its environment", `throw new Error("DATABASE_URL is not set")`, /lacks something in its environment/],
		[
			"without another service",
			`throw new Error("connect ECONNREFUSED 127.0.0.1:5432")`,
			/nothing answers at 127\.0\.0\.1:5432/,
		],
		["without an error", "", /ended by itself, without an error/],
		["without a word", "process.exit(7)", /code 7 before it answered; it printed nothing: run its command by hand/],
	])("%s", async (name, code, sentence) => {
		const result = await started(`ends-${name.replaceAll(" ", "-")}.cjs`, code);
		expect(result.stderr).toMatch(sentence);
		expect(result.code).toBe(2);
	});

	it("as its port is taken: the line with the error is shown, whatever its stack; the report's line comes last", async () => {
		const taken = createServer().listen(0, "127.0.0.1");
		await new Promise((resolve) => taken.once("listening", resolve));
		const port = (taken.address() as { port: number }).port;
		const result = await started("taken.cjs", `require("node:http").createServer().listen(${port}, "127.0.0.1")`);
		taken.close();
		expect(result.stderr).toMatch(new RegExp(`port ${port} is in use; .*take its port from PORT`));
		expect(result.stderr).toMatch(/│ Error: listen EADDRINUSE/);
	});

	it("in a comparison, as both sides want one port", async () => {
		const file = join(folder, "fixed.cjs");
		writeFileSync(file, `require("node:http").createServer((_, r) => r.end()).listen(38_124, "127.0.0.1")`);
		const sides = ["--base-cmd", `node ${file}`, "--head-cmd", `node ${file}`];
		const result = await runCli(["compare", "/", ...sides, "--out", runs], { cwd: folder });
		expect(result.stderr).toMatch(/base and head cannot run at once: their port is fixed.*process\.env\.PORT/);
		expect(result.code).toBe(2);
	});
});

it("two environments may be of the start script, as two refs may", async () => {
	const server = temporaryFolder();
	writeFileSync(join(server, "package.json"), JSON.stringify({ scripts: { start: "node server.cjs" } }));
	writeFileSync(join(server, "server.cjs"), "console.error('A is ' + process.env.A); process.exit(3)");
	const sides = ["--base-env", "A=1", "--head-env", "A=1"];
	const started = await runCli(["compare", "/", ...sides, "--out", runs], { cwd: server });
	expect(started.stderr).toMatch(/exited with code 3 before it answered/);
	expect(started.stderr).toContain("│ A is 1");
	await expectRefused(
		["compare", "/", ...sides],
		/the current folder has no start script; put the command of the server/,
	);
});

describe("a server that answers otherwise", () => {
	it.runIf(hasOpenSsl)("speaks HTTPS", async () => {
		const key = spawnSync(
			"openssl",
			["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=test"],
			{ cwd: folder },
		);
		expect(key.status).toBe(0);
		const file = join(folder, "https.cjs");
		writeFileSync(
			file,
			`const { readFileSync } = require("node:fs");
			require("node:https")
				.createServer({ key: readFileSync("key.pem"), cert: readFileSync("cert.pem") }, (_, r) => r.end("ok"))
				.listen(0, "127.0.0.1")`,
		);
		const result = await runCli(["load", "/", ...short, "--", "node", file], { cwd: folder });
		expect(result.stderr).toMatch(/the server at \S+ speaks HTTPS: only plain HTTP is loaded.*without TLS/);
		expect(result.code).toBe(2);
	});

	it("wants a body of another type", async () => {
		const file = join(folder, "picky.cjs");
		writeFileSync(
			file,
			`require("node:http").createServer((_, r) => r.writeHead(415).end()).listen(process.env.PORT, "127.0.0.1")`,
		);
		const result = await runCli(["load", "POST:/", ...short, "--", "node", file], { cwd: folder });
		expect(result.stderr).toMatch(/answers 415.*a body with --body, its type with -H "content-type/);
	});
});

it("a histogram that is damaged is an error of the file", async () => {
	rmSync(runs, { recursive: true, force: true });
	const measured = await runCli(["load", "/", ...short, "--", "node", fixture("ok.cjs")], { cwd: folder });
	expect(measured.code).toBe(0);
	const run = join(runs, readdirSync(runs).find((name) => name.includes("-load-")) ?? "");
	const file = join(run, "run.json");
	for (const damage of ["xx", "SElTVEFB", ""]) {
		const record = readFileSync(file, "utf8").replace(/("histogramV2":\s*)"[^"]*"/g, `$1${JSON.stringify(damage)}`);
		writeFileSync(file, record);
		await expectRefused(
			["export", run, "--format", "hgrm"],
			/the histogram of "clean GET \/" cannot be read: it is damaged/,
		);
	}
	await expectRefused(
		["export", run, "--format", "hgrm", "--measurement", "clean GET /x"],
		/no measurement "clean GET \/x"; did you mean "clean GET \/"\?/,
	);
});
