import { pacingLagOf } from "#src/analyse/latency/judged-latency.js";
import type { ClientCeiling } from "#src/model/client-ceiling.js";
import type { Window } from "#src/model/measurement.js";
import type { LoadRun } from "#src/model/run.js";
import { latencyLabel } from "#src/report/labels/latency.js";
import { formatCount, formatRate } from "#src/report/numbers/format.js";
import { formatWholePercent } from "#src/report/numbers/shares.js";
import { formatNs } from "#src/report/numbers/times.js";
import { capitalized } from "./phrases.js";

/** Was it the client? What it had to do, and what it can do at most here. */
export function clientSentence({ measurements, findings }: LoadRun, client: ClientCeiling): string {
	const bound = findings.some(({ code }) => code === "GENERATOR_BOUND" || code === "GENERATOR_NEAR_CEILING");
	const verdict = bound
		? "The client may have been the bottleneck, see below"
		: `The client was not the bottleneck: ${[...busyClauses(measurements)].join(", ")}`;
	return `${verdict}. Against a server that does nothing it reaches ${formatRate(client.requestsPerSecond)} requests/s here and reads ${formatNs(client.floorP50Ns)} at least (median of one client).`;
}

function* busyClauses(measurements: readonly Window[]): Generator<string> {
	const closed = measurements.filter(({ load }) => load.kind === "closed");
	if (closed.length > 0) {
		const busiest = Math.max(...closed.map(({ generator }) => generator.cpuUtilization));
		yield `its core was at most ${formatWholePercent(Math.min(1, busiest))} busy`;
	}
	const lags = measurements.flatMap((each) => pacingLagOf(each)?.valueNs ?? []);
	if (lags.length > 0) yield `its own lag was at most ${formatNs(Math.max(...lags))} at p99`;
}

/** How the latencies of these measurements were taken, for the line under their table. */
export function loadMethod(measurements: readonly Window[]): string {
	const closed = measurements.some(({ load }) => load.kind === "closed");
	const open = measurements.find(({ load }) => load.kind === "open")?.load;
	const labels = [...new Set(measurements.map(latencyLabel))];
	const parts = [`${labels.map((label, index) => (index === 0 ? capitalized(label) : label)).join(" and ")} in ms`];
	if (closed) parts.push("closed loop: each client waits for its answer");
	if (open?.kind === "open") {
		parts.push(
			`open loop, ${open.arrivals} arrivals${open.arrivals === "poisson" ? ` (seed ${open.seed})` : ""}: response time from the planned start, with what was missed left out, at most ${formatCount(open.maxInFlight)} in flight`,
		);
	}
	return `${parts.join("; ")}.`;
}
