// autocannon in a process of its own, with its options as JSON: warms up, then loads and reports. Its parent is told when
// the measuring begins, so that it can read the CPU time.
import autocannon, { type Options } from "autocannon";

const { warmupSeconds, warmupAnswers, seconds, ...options } = JSON.parse(process.argv[2] ?? "{}") as Options & {
	warmupSeconds: number;
	warmupAnswers: number;
	seconds: number;
};
const LONGEST_WARMUP_MS = 30_000;
const loadFor = (forSeconds: number) => autocannon({ ...options, pipelining: 1, duration: forSeconds });

process.on("disconnect", () => process.exit(0));
const since = performance.now();
let answers = 0;
if (warmupSeconds > 0) {
	do answers += (await loadFor(warmupSeconds)).requests.total;
	while (answers < warmupAnswers && performance.now() - since < LONGEST_WARMUP_MS);
}
process.send?.({ kind: "measuring" });
const startedAt = performance.now();
const { requests, latency } = await loadFor(seconds);
process.send?.({ kind: "result", requests: requests.total, elapsedMs: performance.now() - startedAt, latency });
