/** What is secret in a command line reaches neither the disk nor a screen, and nothing is sent to where an address leads away. */
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fixture, runCli, temporaryFolder } from "./support/run-cli.js";

const folder = temporaryFolder();
const WINDOW = ["-c", "2", "-d", "300ms", "--warmup", "100ms"];

const filesOf = (out: string): { name: string; text: string }[] =>
	readdirSync(out, { recursive: true, withFileTypes: true })
		.filter((each) => each.isFile())
		.map((each) => ({ name: each.name, text: readFileSync(join(each.parentPath, each.name), "latin1") }));

/** As a reader of files would look for it: as it is, as base64 and as hex. */
const holds = (text: string, secret: string): boolean =>
	[secret, Buffer.from(secret).toString("hex"), Buffer.from(secret).toString("base64").replace(/=+$/, "")].some(
		(shape) => text.includes(shape),
	);

describe("secrets of a command line", { timeout: 60_000 }, () => {
	const secrets = {
		vault: "vault-value-0001",
		session: "session-value-0002",
		password: "password-value-0003",
		query: "query-value-0004",
		environment: "environment-value-0005",
		option: "option-value-0006",
		basic: "basic-value-0007",
	};
	const request = [
		`POST:/items?page=2&access_token=${secrets.query}`,
		"-H",
		`x-vault-token: ${secrets.vault}`,
		"-H",
		`cookie: theme=dark; sid=${secrets.session}`,
		"-H",
		`authorization: Basic ${Buffer.from(`me:${secrets.basic}`).toString("base64")}`,
		"--body",
		`{"user":"me","password":"${secrets.password}"}`,
	];
	const target = ["--", "env", `API_PASSWORD=${secrets.environment}`, "node"];
	const server = [fixture("repeats-secrets.cjs"), "--api-key", secrets.option];

	it.each([
		["load", []],
		["load with its log", ["--keep-log"]],
		["flame", ["--with", "v8,0x"]],
	])("stay off the disk and the screen: %s", async (title, more) => {
		const out = join(folder, title.replaceAll(" ", "-"));
		const [command = ""] = title.split(" ");
		const result = await runCli([command, ...request, ...WINDOW, ...more, "--out", out, ...target, ...server]);
		// flame has a first answer.
		expect(result.stderr).toMatch(command === "flame" ? /^Preliminary, after [^\n]*\n/ : /^$/);
		expect(result.code).toBe(0);
		const files = filesOf(out);
		expect(files.map(({ name }) => name)).toContain("report.html");
		expect(files.some(({ name }) => name.endsWith(".log"))).toBe(more.includes("--keep-log"));
		for (const [name, secret] of Object.entries(secrets)) {
			expect([name, holds(result.stdout + result.stderr, secret)]).toEqual([name, false]);
			expect([name, files.filter(({ text }) => holds(text, secret)).map((each) => each.name)]).toEqual([name, []]);
			expect([name, files.filter((each) => each.name.includes(secret)).length]).toEqual([name, 0]);
		}
		const record = files.find((each) => each.name === "run.json")?.text ?? "";
		expect(record).toContain("API_PASSWORD=[secret]");
		expect(JSON.parse(record).target.logFiles).toHaveLength(more.includes("--keep-log") ? 1 : 0);
	});

	it("are not repeated from an answer that refuses them, whole or cut", async () => {
		const out = join(folder, "denied");
		const options = [...request, ...WINDOW, "--out", out, "--", "env", "DENY=1", "node", ...server];
		const { code, stderr } = await runCli(["load", ...options]);
		expect(code).toBe(2);
		expect(stderr).toContain("answers 401 (your [secret] and [secret])");
		expect(stderr).toContain("--keep-log");
		const printed =
			stderr +
			filesOf(out)
				.map(({ text }) => text)
				.join("");
		expect(Object.values(secrets).filter((secret) => holds(printed, secret))).toEqual([]);
	});

	it("are not repeated from an option that does not exist", async () => {
		const { code, stderr } = await runCli(["load", "/", "--tokn=some-secret-value"]);
		expect(code).toBe(2);
		expect(stderr).toContain("unknown option '--tokn'");
		expect(stderr).not.toContain("some-secret-value");
	});

	it("of which one is a word of the record itself leave the record whole", async () => {
		const out = join(folder, "words");
		const { code } = await runCli(["load", "/health", "--token", "complete", ...WINDOW, "--out", out]);
		expect(code).toBe(0);
		const again = await runCli(["report", "latest", "--out", out, "--json"]);
		expect(JSON.parse(again.stdout)).toMatchObject({ command: "load", state: { kind: "complete" } });
		expect(again.stdout).toContain('"--token","[secret]"');
	});
});

describe("a server that runs already", { timeout: 60_000 }, () => {
	const away = Object.values(networkInterfaces())
		.flat()
		.find((each) => each?.family === "IPv4" && !each.internal)?.address;

	const serve = async (): Promise<{
		server: Server;
		port: number;
		seen: { host?: string; authorization?: string }[];
	}> => {
		const seen: { host?: string; authorization?: string }[] = [];
		const server = createServer(({ headers: { host, authorization } }, response) => {
			seen.push({ ...(host ? { host } : {}), ...(authorization ? { authorization } : {}) });
			response.end("ok");
		});
		await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
		return { server, port: (server.address() as { port: number }).port, seen };
	};

	it.skipIf(away === undefined)("is sent nothing where its address is not of this machine alone", async () => {
		const { server, port, seen } = await serve();
		const { code, stderr } = await runCli([
			"load",
			"/",
			"--url",
			`http://${away}:${port}`,
			"--token",
			"a-token",
			...WINDOW,
		]);
		server.close();
		expect(stderr).toContain("is not on this machine");
		expect(code).toBe(2);
		expect(seen).toEqual([]);
	});

	it("is called by its name, asked at its address, and given its user's password, which is kept nowhere", async () => {
		const { server, port, seen } = await serve();
		const out = join(folder, "url");
		const url = `http://me:pass-word-0008@localhost:${port}`;
		const { code, stderr, stdout } = await runCli(["load", "/", "--url", url, ...WINDOW, "--out", out]);
		server.closeAllConnections();
		server.close();
		expect(stderr).toBe("");
		expect(code).toBe(0);
		const authorization = `Basic ${Buffer.from("me:pass-word-0008").toString("base64")}`;
		expect(new Set(seen.map((each) => JSON.stringify(each)))).toEqual(
			new Set([JSON.stringify({ host: `localhost:${port}`, authorization })]),
		);
		const printed =
			stdout +
			filesOf(out)
				.map(({ text }) => text)
				.join("");
		expect(holds(printed, "pass-word-0008")).toBe(false);
		expect(printed).toContain(`"origin": "http://127.0.0.1:${port}"`);
	});
});
