/** The usual way: autocannon on the one, autocannon on the other, autocannon-compare on both results. */
import autocannon, { type Result } from "autocannon";
import compare from "autocannon-compare";
import { type App, startApp } from "../bench/apps.js";
import { injecting } from "./injection.js";
import type { AutocannonRun, Told } from "./results.js";

const SECONDS = 10;
const CONNECTIONS = 32;

export async function judgeByAutocannon(app: App, change: string): Promise<Told<AutocannonRun>> {
	const began = performance.now();
	const base = await measure(app, "none");
	const head = await measure(app, change);
	const { equal, bWins, throughput, latency } = compare(head, base);
	return {
		// Where the second wins, head got slower.
		verdict: equal ? "no change" : bWins ? "regressed" : "improved",
		seconds: Number(((performance.now() - began) / 1e3).toFixed(1)),
		throughput: throughput.difference,
		latency: latency.difference,
	};
}

async function measure(app: App, change: string): Promise<Result> {
	const server = await startApp(app, { ...injecting(change), cpus: null });
	try {
		return await autocannon({ url: server.url, connections: CONNECTIONS, duration: SECONDS });
	} finally {
		await server.close();
	}
}
