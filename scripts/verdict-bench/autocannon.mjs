/** The usual way: autocannon on the one, autocannon on the other, autocannon-compare on both results. */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createServer } from "node:net";

const require = createRequire(import.meta.url);
const SECONDS = 10;
const CONNECTIONS = 32;

export async function judgeByAutocannon(app, change) {
	const began = performance.now();
	const base = await measure(app, "none");
	const head = await measure(app, change);
	const { equal, bWins, throughput, latency } = require("autocannon-compare")(head, base);
	// It compares the first with the second: where the second wins, head got slower.
	const verdict = equal ? "no change" : bWins ? "regressed" : "improved";
	return {
		verdict,
		seconds: Number(((performance.now() - began) / 1e3).toFixed(1)),
		throughput: throughput.difference,
		latency: latency.difference,
	};
}

async function measure({ path, argv }, change) {
	const port = await freePort();
	const server = spawn(
		argv[0],
		argv.map((arg, index) => (argv[index - 1] === "--port" ? String(port) : arg)).slice(1),
		{
			env: { ...process.env, INJECT: change, PORT: String(port), NODE_ENV: "production" },
			stdio: "ignore",
		},
	);
	const ended = new Promise((resolve) => server.once("exit", resolve));
	try {
		const url = `http://127.0.0.1:${port}${path}`;
		await untilAnswered(url);
		return await require("autocannon")({ url, connections: CONNECTIONS, duration: SECONDS });
	} finally {
		server.kill("SIGKILL");
		await ended;
	}
}

async function untilAnswered(url) {
	for (let tries = 0; tries < 200; tries++) {
		const answered = await fetch(url).then(
			(response) => response.ok,
			() => false,
		);
		if (answered) return;
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	throw new Error(`${url} does not answer`);
}

async function freePort() {
	const server = createServer();
	await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address();
	await new Promise((resolve) => server.close(resolve));
	return port;
}
