import type { Comparison, Effect, MetricName } from "#src/model/comparison.js";

/** What people mind first: failures, then what they wait for, then what it costs to run, then what it allocates. */
const ranks: Readonly<Record<MetricName, number>> = {
	errors: 0,
	p50: 1,
	p90: 1,
	p99: 1,
	"p99.9": 1,
	"loaded-p50": 1,
	"loaded-p99": 1,
	"loaded-slow": 1,
	cpu: 2,
	alloc: 3,
};
/** Without a difference, it is CPU that is asked for most. */
const usualLead: MetricName = "cpu";

/** How often a change exceeds the smallest one that matters. */
export const againstMargin = ({ change, margin }: Effect): number => Math.abs(change ?? 0) / margin;

/**
 * The judged effect that carries the verdict of the run and stands first, or, where functions carry it, that of CPU; undefined where
 * nothing could be measured.
 */
export function leadOf({ effects, verdict }: Pick<Comparison, "effects" | "verdict">): Effect | undefined {
	const known = effects.filter((each) => each.judged && each.change !== null);
	const carrying = known.filter((each) => each.verdict === verdict);
	const candidates = carrying.length > 0 ? carrying : known;
	if (carrying.length === 0 || (verdict !== "regressed" && verdict !== "improved")) {
		return candidates.find(({ metric }) => metric === usualLead) ?? candidates[0];
	}
	return [...candidates].sort((a, b) => ranks[a.metric] - ranks[b.metric] || againstMargin(b) - againstMargin(a))[0];
}

/** What the change of the lead is made of, as far as the other figures tell. Amounts are without a sign. */
export type Account =
	/** A latency whose change is none of CPU. */
	| { readonly kind: "waiting" }
	/** A latency of whose change so much is CPU. */
	| { readonly kind: "cpu"; readonly ns: number; readonly all: boolean }
	/** CPU of which so much collects garbage, of so many bytes a request. */
	| { readonly kind: "collecting"; readonly ns: number; readonly bytes: number };

/** CPU that is less than this part of a change explains nothing of it; as much as the other, all of it. */
const EXPLAINS_FROM = 0.1;
const EXPLAINS_ALL_FROM = 0.8;
/** Of a change in CPU, so that collecting is worth a word. */
const COLLECTING_FROM = 0.25;

/** How the lead hangs together with CPU and allocation; null where nothing is known of it. */
export function accountOf(comparison: Comparison, lead: Effect): Account | null {
	const differenceOf = (metric: MetricName): number | null => {
		const effect = comparison.effects.find((each) => each.metric === metric && each.judged);
		return effect === undefined || effect.base === null || effect.head === null ? null : effect.head - effect.base;
	};
	const [ofLead, cpu] = [differenceOf(lead.metric), differenceOf("cpu")];
	if (ofLead === null || ofLead === 0 || cpu === null) return null;
	switch (lead.metric) {
		case "p50":
		case "loaded-p50":
		case "p90": {
			const part = cpu / ofLead;
			if (part >= EXPLAINS_FROM) return { kind: "cpu", ns: Math.abs(cpu), all: part >= EXPLAINS_ALL_FROM };
			return Math.abs(part) < EXPLAINS_FROM ? { kind: "waiting" } : null;
		}
		case "cpu": {
			const [collecting, bytes] = [collectingDifference(comparison), differenceOf("alloc")];
			if (collecting === null || bytes === null || bytes / ofLead <= 0) return null;
			const ns = collecting / ofLead < COLLECTING_FROM ? null : Math.min(Math.abs(collecting), Math.abs(ofLead));
			return ns === null ? null : { kind: "collecting", ns, bytes: Math.abs(bytes) };
		}
		default:
			return null;
	}
}

/** By how much more time a request of head takes in collections, in nanoseconds: the mean over sets; null where unknown. */
function collectingDifference({ sets }: Comparison): number | null {
	const differences = sets.flatMap(({ base, head }) =>
		base.gcNsPerRequest === null || head.gcNsPerRequest === null ? [] : [head.gcNsPerRequest - base.gcNsPerRequest],
	);
	return differences.length === 0 ? null : differences.reduce((sum, each) => sum + each, 0) / differences.length;
}

/** Of those that carry the verdict, the one whose interval is the narrowest beside its change: the quickest to tell one side from the other. */
export function clearestMetric({ effects, verdict }: Comparison): MetricName | null {
	const clarity = ({ change, low, high }: Effect): number =>
		change === null || low === null || high === null ? 0 : Math.abs(change) / (high - low);
	const carrying = effects.filter((each) => each.judged && each.verdict === verdict);
	const [clearest] = carrying.toSorted((a, b) => clarity(b) - clarity(a));
	return clearest?.metric ?? null;
}

/**
 * The metric in which it is asked whether a change is gone: the lead, or CPU, where the lead is a latency that is CPU, as that varies
 * less. Null where nothing could be measured.
 */
export function metricToTakeBack(comparison: Comparison): MetricName | null {
	const lead = leadOf(comparison);
	if (lead === undefined) return null;
	const cpu = comparison.effects.find(({ metric, judged }) => metric === "cpu" && judged);
	const account = accountOf(comparison, lead);
	const isCpu = account?.kind === "cpu" && account.all && cpu?.verdict === comparison.verdict;
	return isCpu ? "cpu" : lead.metric;
}
