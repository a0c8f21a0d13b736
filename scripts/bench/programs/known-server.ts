// An HTTP server whose truth is known. `known-server KIND MS`:
//   busy   works for MS on its one thread, so that requests queue
//   delay  answers MS after the request came, however many come, to a few microseconds (it polls the clock meanwhile)
//   timer  the same with timers, up to a millisecond late, and calm
// It tells its port to its parent and ends with it. Told { freezeMs } it stands still for so long; told "truth" it says how
// long its answers took since the last time, in milliseconds as it saw them itself.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const [kind, text] = process.argv.slice(2);
const ms = Number(text);
const body = '{"ok":true}';
const headers = { "content-type": "application/json", "content-length": body.length };
/** A request that waits for its answer. */
interface Attempt {
	readonly response: ServerResponse;
	readonly cameAt: number;
}

const waiting: Attempt[] = [];
let took: number[] = [];

function answer({ response, cameAt }: Attempt): void {
	response.writeHead(200, headers);
	response.end(body);
	took.push(performance.now() - cameAt);
}

function poll(): void {
	const now = performance.now();
	for (let first = waiting[0]; first !== undefined && first.cameAt + ms <= now; first = waiting[0]) {
		waiting.shift();
		answer(first);
	}
	if (waiting.length > 0) setImmediate(poll);
}

const kinds: Readonly<Record<string, (attempt: Attempt) => void>> = {
	busy: (attempt) => {
		while (performance.now() - attempt.cameAt < ms);
		answer(attempt);
	},
	delay: (attempt) => {
		waiting.push(attempt);
		if (waiting.length === 1) setImmediate(poll);
	},
	timer: (attempt) => {
		setTimeout(answer, ms, attempt);
	},
};
const answerAs = kinds[kind ?? ""];
if (answerAs === undefined) throw new Error(`known-server KIND MS: KIND is one of ${Object.keys(kinds).join(", ")}`);

const server = createServer((request, response) => {
	request.resume();
	answerAs({ response, cameAt: performance.now() });
});
process.on("disconnect", () => process.exit(0));
process.on("message", (message: "truth" | { readonly freezeMs: number }) => {
	if (message === "truth") {
		const sorted = Float64Array.from(took).sort();
		took = [];
		process.send?.({
			p50Ms: sorted[sorted.length >> 1] ?? null,
			p99Ms: sorted[Math.ceil(sorted.length * 0.99) - 1] ?? null,
		});
	} else {
		Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, message.freezeMs);
	}
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
