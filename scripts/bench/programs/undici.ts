// undici's quickest way, as it comes: a Client for each connection and one handler for all of its requests. A process of
// its own, with its options as JSON: warms up, then loads and reports. Its parent is told when the load that counts begins.
import { build, initWebAssembly } from "hdr-histogram-js";
import { Client, type Dispatcher } from "undici";

const { url, connections, seconds, warmupSeconds, body } = JSON.parse(process.argv[2] ?? "{}") as {
	url: string;
	connections: number;
	seconds: number;
	warmupSeconds: number;
	body: string | null;
};
await initWebAssembly();
const latencies = build({ useWebAssembly: true, lowestDiscernibleValue: 1, highestTrackableValue: 60e9 });
const request: Dispatcher.DispatchOptions = {
	path: "/",
	method: body === null ? "GET" : "POST",
	body,
	reset: false,
	blocking: false,
};
const isAlive = { now: true };
let answers = 0;

function go(): void {
	const client = new Client(url, { pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
	let sentAt = 0;
	const handler: Dispatcher.DispatchHandler = {
		onConnect: () => {
			sentAt = performance.now();
		},
		onHeaders: () => true,
		onData: () => true,
		onComplete: () => {
			latencies.recordValue(Math.round((performance.now() - sentAt) * 1e6));
			answers++;
			if (isAlive.now) client.dispatch(request, handler);
		},
		onError: (error: Error) => {
			throw error;
		},
	};
	client.dispatch(request, handler);
}

process.once("disconnect", () => process.exit());
for (let i = 0; i < connections; i++) go();
setTimeout(() => {
	latencies.reset();
	answers = 0;
	const beganAt = performance.now();
	process.send?.("begun");
	setTimeout(() => {
		isAlive.now = false;
		const percentile = (share: number): number => latencies.getValueAtPercentile(share) / 1e6;
		const latency = { p50: percentile(50), p90: percentile(90), p99: percentile(99), max: latencies.maxValue / 1e6 };
		process.send?.({ requests: answers, elapsedMs: performance.now() - beganAt, latency });
	}, seconds * 1e3);
}, warmupSeconds * 1e3);
