import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { startChild } from "#src/process/child.js";
import { entryPoint } from "#src/process/entry-point.js";

interface Gateway {
	readonly child: ChildProcess;
	/** Standard output up to the first line, and after the end all of it. */
	readonly output: { stdout: string; stderr: string };
	readonly exited: Promise<[code: number | null, signal: NodeJS.Signals | null]>;
}

let folder: string;
let running: Gateway[];
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "gateway-main-"));
	running = [];
});
afterEach(async () => {
	for (const { child } of running) child.kill("SIGKILL");
	await Promise.all(running.map(({ exited }) => exited));
	rmSync(folder, { recursive: true });
});

async function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Gateway> {
	const child = await startChild({
		argv: [process.execPath, entryPoint("gateway/main"), ...args],
		cwd: folder,
		env: { PATH: process.env.PATH, NODE_ENV: "production", ...env },
		stdio: ["ignore", "pipe", "pipe"],
	});
	const output = { stdout: "", stderr: "" };
	for (const stream of ["stdout", "stderr"] as const) {
		child[stream]?.setEncoding("utf8").on("data", (text: string) => {
			output[stream] += text;
		});
	}
	const exited = once(child, "close") as Gateway["exited"];
	const gateway = { child, output, exited };
	running.push(gateway);
	return gateway;
}

/** The URL of the line it prints when it listens. */
async function urlOf({ child, output, exited }: Gateway): Promise<string> {
	while (!output.stdout.includes("\n")) {
		const ended = await Promise.race([once(child.stdout ?? child, "data"), exited.then(() => "ended")]);
		if (ended === "ended") throw new Error(`it ended: ${output.stderr}`);
	}
	const url = /^listening on (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(output.stdout)?.[1];
	if (url === undefined) throw new Error(`it printed ${output.stdout}`);
	return url;
}

/** What it says when it cannot start: one line on stderr, nothing on stdout, exit code 2. */
async function refusal(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
	const { output, exited } = await start(args, env);
	expect(await exited).toEqual([2, null]);
	expect(output.stdout).toBe("");
	expect(output.stderr.trimEnd()).not.toContain("\n");
	return output.stderr.trimEnd();
}

describe("a gateway that runs", () => {
	it("answers over a socket, asks for the token of its environment and never writes it down", async () => {
		const gateway = await start(["--port", "0"], { AZ_GATEWAY_TOKEN: "az_top_secret" });
		const url = await urlOf(gateway);
		expect(await (await fetch(`${url}/health/live`)).json()).toEqual({ alive: true });
		const metrics = await fetch(`${url}/metrics`);
		expect(metrics.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
		expect(await metrics.text()).toContain('path="/health/live",status="200"} 1');

		const ping = (authorization?: string) =>
			fetch(`${url}/v1/ping`, {
				method: "POST",
				headers: { "content-type": "application/json", ...(authorization === undefined ? {} : { authorization }) },
				body: '{"message":"hi"}',
			});
		expect((await ping()).status).toBe(401);
		expect((await ping("Bearer az_wrong_secret")).status).toBe(403);
		const answer = await ping("Bearer az_top_secret");
		expect(answer.headers.get("x-ratelimit-limit")).toBe("600");
		expect(await answer.json()).toEqual({ ok: true, echo: "hi" });

		gateway.child.kill("SIGTERM");
		expect(await gateway.exited).toEqual([0, null]);
		expect(gateway.output.stderr.trimEnd().split("\n")).toHaveLength(5);
		expect(gateway.output.stderr + gateway.output.stdout).not.toContain("secret");
	});

	it("reads ./agentzero.toml when it is there", async () => {
		writeFileSync(join(folder, "agentzero.toml"), "[gateway]\nrate_limit_max = 7\nport = 0\n");
		const url = await urlOf(await start(["--no-auth", "--log", "none"]));
		expect((await fetch(`${url}/health`)).headers.get("x-ratelimit-limit")).toBe("7");
	});

	it("says which of the layers asked for have nothing to do", async () => {
		const gateway = await start(["--no-auth", "--port", "0", "--layers", "cors,auth,hsts"]);
		const url = await urlOf(gateway);
		expect((await fetch(`${url}/health`)).headers.get("x-request-id")).toBeNull();
		expect(gateway.output.stderr.split("\n").filter(Boolean)).toEqual([
			"layer cors is left out: cors_allowed_origins is empty",
			"layer auth is left out: --no-auth was given",
		]);
	});

	it.each(["SIGTERM", "SIGINT"] as const)("ends on %s with code 0 although connections are open", async (signal) => {
		const gateway = await start(["--no-auth", "--port", "0", "--log", "none"]);
		const port = Number(new URL(await urlOf(gateway)).port);
		const sockets = [connect(port, "127.0.0.1"), connect(port, "127.0.0.1")];
		for (const socket of sockets) socket.on("error", () => {});
		// One keeps its connection alive after an answer, the other never ends its request.
		sockets[0]?.write("GET /health HTTP/1.1\r\nhost: a\r\n\r\n");
		sockets[1]?.write("POST /v1/ping HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\n");
		if (sockets[0]) await once(sockets[0], "data");
		gateway.child.kill(signal);
		expect(await gateway.exited).toEqual([0, null]);
		for (const socket of sockets) socket.destroy();
	});

	it("ends on SIGTERM although streams and a WebSocket are open", async () => {
		const slow = ["--provider", "latency", "--provider-first-token-ms", "60000"];
		const gateway = await start(["--no-auth", "--port", "0", "--log", "none", ...slow]);
		const url = await urlOf(gateway);
		const events = await fetch(`${url}/v1/events`);
		const socket = new WebSocket(`${url.replace("http", "ws")}/ws/chat`);
		await once(socket, "open");
		socket.send('{"message":"hi"}');
		const answer = fetch(`${url}/api/chat`, {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: '{"message":"hi"}',
		}).catch(() => "cut");
		const closed = once(socket, "close");
		gateway.child.kill("SIGTERM");
		expect(await gateway.exited).toEqual([0, null]);
		expect(await events.text()).toContain("event: heartbeat");
		expect((await closed)[0]).toBe(1001);
		expect(await answer).toBe("cut");
	});

	it("prints its flags and ends", async () => {
		const { output, exited } = await start(["--help"]);
		expect(await exited).toEqual([0, null]);
		expect(output.stdout).toContain("--rate-limit-max");
		expect(output.stderr).toBe("");
	});
});

describe("one sentence and exit code 2", () => {
	it("where the port is taken", async () => {
		const first = new URL(await urlOf(await start(["--no-auth", "--port", "0"])));
		expect(await refusal(["--no-auth", "--port", first.port])).toBe(
			`port ${first.port} on 127.0.0.1 is taken; choose another with --port (0 takes any free one)`,
		);
	});

	it("where there is no token", async () => {
		expect(await refusal([])).toMatch(/no token.*--token.*--no-auth/);
	});

	it("where the configuration is bad", async () => {
		writeFileSync(join(folder, "agentzero.toml"), '[gateway]\nrate_limit_max = "lots"\n');
		expect(await refusal(["--no-auth"])).toBe(
			'rate_limit_max in ./agentzero.toml must be a whole number of at least 0, not "lots"',
		);
		writeFileSync(join(folder, "agentzero.toml"), "[gateway\n");
		expect(await refusal(["--no-auth"])).toMatch(/^\.\/agentzero\.toml, line 1, column \d+: /);
	});

	it.each([
		[["--no-auth", "--layers", "metrics"], /there is no layer "metrics".*did you mean request-metrics\?/],
		[["--no-auth", "--config", "absent.toml"], /no such file.*--config/],
		[["--no-auth", "--log", "absent/file.log"], /cannot write the log.*--log/],
		[["--no-auth", "--host", "203.0.113.7", "--port", "0"], /cannot listen on 203\.0\.113\.7.*--host/],
		[["--no-auth", "--nonsense"], /unknown option '--nonsense'/],
		[["--no-auth", "extra"], /too many arguments/],
	])("for %j", async (args, sentence) => {
		expect(await refusal(args)).toMatch(sentence);
	});
});
