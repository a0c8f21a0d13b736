import { percentileOf } from "#src/analyse/latency/judged-latency.js";
import type { Finding } from "#src/model/finding.js";
import type { Degradation } from "#src/model/findings/sweep.js";
import type { Window } from "#src/model/measurement.js";
import { clientsOf, LONG_TAIL_TIMES, nameOf, type SweepPair, tailOf } from "./sweep-pairs.js";

/** A throughput that falls by this share under more clients has collapsed. */
const COLLAPSE = 0.85;
const FAILED_SHARE = 0.001;
/** A tail that grows by this factor is the load's. */
const TAIL_GROWS = 2;
/** A client that waits this long, and so many times as long as p99, was passed over. */
const STARVED_NS = 1e9;
const STARVED_TIMES_P99 = 10;

/** Graceful: latency grows in proportion, nothing fails, throughput stays. */
export function degradationFindings(pairs: readonly SweepPair[]): Finding[] {
	const all = pairs.map((pair) => ({ name: nameOf(pair.many), id: pair.many.id, faults: faultsOf(pair) }));
	const clients = Math.max(...pairs.map(({ many }) => clientsOf(many)));
	const endpoints = all.filter(({ faults }) => faults.length === 0).map(({ name }) => name);
	return [
		...all
			.filter(({ faults }) => faults.length > 0)
			.map(
				({ name, id, faults }): Finding => ({
					code: "NOT_GRACEFUL",
					severity: "warning",
					about: id,
					figures: { endpoint: name, clients, faults },
				}),
			),
		...(endpoints.length === 0 ? [] : [graceful(endpoints, clients)]),
	];
}

const graceful = (endpoints: readonly string[], clients: number): Finding => ({
	code: "GRACEFUL",
	severity: "info",
	about: null,
	figures: { endpoints, clients },
});

function faultsOf({ few, many, change }: SweepPair): Degradation[] {
	const failedShare = many.counts.attempted === 0 ? 1 : 1 - many.counts.ok / many.counts.attempted;
	const [fewTimes, manyTimes] = [tailOf(few), tailOf(many)];
	return [
		...(failedShare > FAILED_SHARE ? [{ kind: "failures" as const, share: failedShare }] : []),
		...(change !== null && change.high < COLLAPSE ? [{ kind: "collapse" as const, share: change.ratio }] : []),
		...(fewTimes !== null && manyTimes !== null && manyTimes > LONG_TAIL_TIMES && manyTimes > TAIL_GROWS * fewTimes
			? [{ kind: "tail" as const, fewTimes, manyTimes }]
			: []),
		...(starvesSome(many) ? [{ kind: "starvation" as const, longestNs: longestNs(many) }] : []),
	];
}

/** The longest that a client waited, answered or not. */
const longestNs = ({ serviceTime, unanswered }: Window): number =>
	Math.max(serviceTime.maxNs ?? 0, unanswered.oldestNs);

/** A server that takes connections unevenly leaves some clients waiting for seconds, where the others wait for their turn. */
function starvesSome(window: Window): boolean {
	const p99 = percentileOf(window, 0.99);
	return p99 !== undefined && longestNs(window) > Math.max(STARVED_NS, STARVED_TIMES_P99 * p99.valueNs);
}
