import type { Finding } from "#src/model/finding.js";
import type { Scaling } from "#src/model/findings/sweep.js";
import { clientsOf, nameOf, type SweepPair } from "./sweep-pairs.js";
import { targetShareOf } from "./target-share.js";

/** More clients that bring less than this share more throughput bring none worth mentioning. */
const GROWS = 1.25;
/** The share of a core from which on the target's CPU is what caps it. */
const CPU_FULL = 0.85;
const SAME_CORES = 1.2;

/** In the order in which they are told. */
const codes = [
	"CAPPED_BY_CPU",
	"CAPPED_BY_CPU_ALREADY",
	"CAPPED_BY_CONCURRENCY",
	"CAPPED_BY_CLIENT",
	"CAPPED_BY_WAITING",
	"SCALING_UNCLEAR",
] as const;

/** Whether more clients bring more, and what caps it: one finding for all endpoints of which the same is true. */
export function scalingFindings(pairs: readonly SweepPair[]): Finding[] {
	const all = pairs.map((pair) => ({ code: codeOf(pair), scaling: scalingOf(pair) }));
	return codes.flatMap((code): Finding[] => {
		const endpoints = all.filter((each) => each.code === code).map(({ scaling }) => scaling);
		return endpoints.length === 0 ? [] : [{ code, severity: "info", about: null, figures: { endpoints } }];
	});
}

function codeOf({ few, many, change }: SweepPair): (typeof codes)[number] {
	const share = targetShareOf(many);
	if (isFullWithBoth(targetShareOf(few), share) && (change === null || change.high >= GROWS)) {
		return "CAPPED_BY_CPU_ALREADY";
	}
	if (change === null || (change.low < GROWS && change.high >= GROWS)) return "SCALING_UNCLEAR";
	if (change.low >= GROWS) return "CAPPED_BY_CONCURRENCY";
	if (share !== null && share >= CPU_FULL) return "CAPPED_BY_CPU";
	return many.generator.cpuUtilization >= CPU_FULL ? "CAPPED_BY_CLIENT" : "CAPPED_BY_WAITING";
}

const scalingOf = ({ few, many, change }: SweepPair): Scaling => ({
	endpoint: nameOf(many),
	fewClients: clientsOf(few),
	manyClients: clientsOf(many),
	throughput: change === null ? null : { times: change.ratio, low: change.low, high: change.high },
	targetUtilization: targetShareOf(many),
	fewCpuNsPerRequest: few.cpu?.nsPerRequest ?? null,
	manyCpuNsPerRequest: many.cpu?.nsPerRequest ?? null,
});

/** On as many cores: one that finds more of them under more clients was not full. */
const isFullWithBoth = (few: number | null, many: number | null): boolean =>
	few !== null && many !== null && few >= CPU_FULL && many >= CPU_FULL && many < SAME_CORES * few;
