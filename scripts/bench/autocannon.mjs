// autocannon in a process of its own: warms up, then loads for the seconds it is told and reports what it counted.
import autocannon from "autocannon";

const [url, clients, warmupSeconds, seconds] = process.argv.slice(2);
const load = (duration) => autocannon({ url, connections: Number(clients), pipelining: 1, duration: Number(duration) });

process.on("disconnect", () => process.exit(0));
if (Number(warmupSeconds) > 0) await load(warmupSeconds);
process.send({ kind: "measuring" });
const startedAt = performance.now();
const result = await load(seconds);
process.send({ kind: "result", requests: result.requests.total, elapsedMs: performance.now() - startedAt });
