// autocannon in a process of its own, with its options as JSON: warms up, then loads and reports. Its parent is told when
// the measuring begins, so that it can read the CPU time.
import autocannon from "autocannon";

const { warmupSeconds, seconds, ...options } = JSON.parse(process.argv[2]);
const load = (duration) => autocannon({ ...options, pipelining: 1, duration });

process.on("disconnect", () => process.exit(0));
if (warmupSeconds > 0) await load(warmupSeconds);
process.send({ kind: "measuring" });
const startedAt = performance.now();
const { requests, latency } = await load(seconds);
process.send({ kind: "result", requests: requests.total, elapsedMs: performance.now() - startedAt, latency });
