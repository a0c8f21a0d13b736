/** The servers that changes are measured on. They run as an application does, by Node alone, so they are JavaScript. */
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { entryPoint } from "#src/process/entry-point.js";
import { inScripts, pinned } from "./processes.js";

export interface App {
	readonly path: string;
	/** The script and its arguments; node comes before. */
	readonly script: readonly string[];
}

const appFile = (name: string): string => inScripts("verdict-bench", name);
const ANY_PORT = ["--host", "127.0.0.1", "--port", "0"];
export const gatewayScript = [
	entryPoint("gateway/main"),
	...ANY_PORT,
	"--rate-limit-max",
	"0",
	"--log",
	"none",
	"--no-auth",
];

export const apps = {
	simple: { path: "/", script: [appFile("simple.cjs")] },
	plugins: { path: "/", script: [appFile("ten-plugins.cjs")] },
	gateway: { path: "/health", script: gatewayScript },
} as const satisfies Record<string, App>;
export type AppName = keyof typeof apps;
export const appNames = Object.keys(apps) as AppName[];

/**
 * One of the apps on a port of its own, answering.
 * @param nodeFlags before its script
 */
export async function startApp(
	{ path, script }: App,
	{
		nodeFlags,
		env,
		cpus,
	}: { nodeFlags: readonly string[]; env: Readonly<Record<string, string>>; cpus: string | null },
): Promise<{ readonly url: string; readonly pid: number; close(): Promise<void> }> {
	const port = await freePort();
	const words = script.map((word, index) => (script[index - 1] === "--port" ? String(port) : word));
	const server = pinned(cpus, [process.execPath, ...nodeFlags, ...words], "ignore", {
		...env,
		PORT: String(port),
		NODE_ENV: "production",
	});
	const ended = once(server, "exit");
	const close = async (): Promise<void> => {
		server.kill("SIGKILL");
		await ended;
	};
	const url = `http://127.0.0.1:${port}${path}`;
	try {
		await untilAnswered(url);
	} catch (error) {
		await close();
		throw error;
	}
	return { url, pid: server.pid ?? Number.NaN, close };
}

const MOST_TRIES = 200;
const RETRY_MS = 50;

export async function untilAnswered(url: string): Promise<void> {
	for (let tries = 0; tries < MOST_TRIES; tries++) {
		const answered = await fetch(url).then(
			(response) => response.ok,
			() => false,
		);
		if (answered) return;
		await sleep(RETRY_MS);
	}
	throw new Error(`${url} does not answer`);
}

export async function freePort(): Promise<number> {
	const probe = createServer().listen(0, "127.0.0.1");
	await once(probe, "listening");
	const { port } = probe.address() as AddressInfo;
	probe.close();
	await once(probe, "close");
	return port;
}
