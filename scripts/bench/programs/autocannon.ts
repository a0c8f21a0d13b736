// autocannon in a process of its own, with its options as JSON: warms up, then loads and reports. Its parent is told when
// the measuring begins, so that it can read the CPU time.
import autocannon, { type Options } from "autocannon";

const { warmupSeconds, seconds, ...options } = JSON.parse(process.argv[2] ?? "{}") as Options & {
	warmupSeconds: number;
	seconds: number;
};
const loadFor = (forSeconds: number) => autocannon({ ...options, pipelining: 1, duration: forSeconds });

process.on("disconnect", () => process.exit(0));
if (warmupSeconds > 0) await loadFor(warmupSeconds);
process.send?.({ kind: "measuring" });
const startedAt = performance.now();
const { requests, latency } = await loadFor(seconds);
process.send?.({ kind: "result", requests: requests.total, elapsedMs: performance.now() - startedAt, latency });
