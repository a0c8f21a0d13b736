import type { Finding, FindingOf } from "#src/model/finding.js";
import type { Degradation, Scaling } from "#src/model/findings/sweep.js";
import { formatCount, formatRatio, formatTimes } from "#src/report/numbers/format.js";
import { formatShare } from "#src/report/numbers/shares.js";
import { formatNs } from "#src/report/numbers/times.js";
import { listOf } from "#src/report/sentences/phrases.js";
import type { SentenceWriters } from "./writers.js";

/** What is said of endpoints that scale alike: `all` is what they are, `why` what that means. */
interface ScalingWords {
	readonly all: (endpoints: readonly string[]) => string;
	readonly why: string;
}

const are = (endpoints: readonly string[]): string => `${listOf(endpoints)} ${endpoints.length === 1 ? "is" : "are"}`;

const scalingWords = {
	CAPPED_BY_CPU: {
		all: (endpoints) => `${are(endpoints)} capped by CPU`,
		why: ": more clients bring no more throughput, and the target's core is full",
	},
	CAPPED_BY_CPU_ALREADY: {
		all: (endpoints) => `${are(endpoints)} capped by CPU with few clients already`,
		why: ": the target's core is full then, so more throughput can only come from cheaper requests",
	},
	CAPPED_BY_CONCURRENCY: {
		all: (endpoints) => `${are(endpoints)} limited by concurrency, not by capacity`,
		why: ": each client waits for its answer, and more of them get more done",
	},
	CAPPED_BY_CLIENT: {
		all: (endpoints) =>
			`What caps these cannot be told, because the load generator's own core was nearly full: ${listOf(endpoints)}`,
		why: "",
	},
	CAPPED_BY_WAITING: {
		all: (endpoints) => `${are(endpoints)} capped, but not by CPU`,
		why: ": something that the target waits for, a pool or a lock or another service, lets only so many through",
	},
	SCALING_UNCLEAR: {
		all: (endpoints) =>
			`Whether more clients bring more throughput cannot be told, because it varies too much within the windows (a longer --duration helps): ${listOf(endpoints)}`,
		why: "",
	},
} as const satisfies Partial<Record<Finding["code"], ScalingWords>>;

type ScalingCode = keyof typeof scalingWords;
export type ScalingFinding = FindingOf<ScalingCode>;

export const isScaling = (finding: Finding): finding is ScalingFinding => Object.hasOwn(scalingWords, finding.code);

const endpointsOf = ({ figures }: ScalingFinding): string[] => figures.endpoints.map(({ endpoint }) => endpoint);

/** Without reason and figures: "GET /items is capped by CPU." */
export const scalingInShort = (finding: ScalingFinding): string =>
	`${scalingWords[finding.code].all(endpointsOf(finding))}.`;

function scaling(finding: ScalingFinding): string {
	const { all, why } = scalingWords[finding.code];
	const { endpoints } = finding.figures;
	const details = endpoints.map((each) => {
		const detail = detailOf(each, finding.code === "CAPPED_BY_CPU_ALREADY");
		return endpoints.length === 1 ? detail : `${each.endpoint}: ${detail}`;
	});
	return `${all(endpointsOf(finding))}${why}. ${details.join("; ")}.`;
}

/** "8× the clients (4 to 32), 1.02× [0.98–1.06] the throughput, 98 % of a core" */
function detailOf(each: Scaling, withCost: boolean): string {
	const { fewClients, manyClients, throughput, targetUtilization, fewCpuNsPerRequest, manyCpuNsPerRequest } = each;
	const costs = [fewCpuNsPerRequest, manyCpuNsPerRequest].map((ns) => (ns === null ? "" : formatNs(ns)));
	return [
		`${formatTimes(manyClients / fewClients)} the clients (${formatCount(fewClients)} to ${formatCount(manyClients)})`,
		...(throughput === null
			? []
			: [
					`${formatRatio(throughput.times)}× [${formatRatio(throughput.low)}–${formatRatio(throughput.high)}] the throughput`,
				]),
		...(targetUtilization === null ? [] : [`${formatShare(targetUtilization)} of a core`]),
		...(withCost ? [`${costs.join(" → ")} of CPU a request`] : []),
	].join(", ");
}

function faultClause(fault: Degradation): string {
	switch (fault.kind) {
		case "failures":
			return `${formatShare(fault.share)} of its requests fail`;
		case "collapse":
			return `its throughput falls to ${formatShare(fault.share)}`;
		case "tail":
			return `its p99 grows from ${formatTimes(fault.fewTimes)} to ${formatTimes(fault.manyTimes)} the median`;
		case "starvation":
			return `some of them wait for up to ${formatNs(fault.longestNs)} while others are answered`;
	}
}

function relativeCost({ figures: { cheapest, dearer } }: FindingOf<"RELATIVE_COST">): string {
	const list = dearer.map(({ endpoint, times, interval, cpuNsPerRequest }) => {
		const between = interval === null ? "" : ` [${formatRatio(interval.low)}–${formatRatio(interval.high)}]`;
		return `${endpoint} ${formatTimes(times)}${between} (${formatNs(cpuNsPerRequest)})`;
	});
	return `Against ${cheapest.endpoint}, which costs ${formatNs(cheapest.cpuNsPerRequest)} of CPU a request: ${list.join(", ")}.`;
}

export const sweepSentences = {
	CAPPED_BY_CPU: scaling,
	CAPPED_BY_CPU_ALREADY: scaling,
	CAPPED_BY_CONCURRENCY: scaling,
	CAPPED_BY_CLIENT: scaling,
	CAPPED_BY_WAITING: scaling,
	SCALING_UNCLEAR: scaling,
	GRACEFUL: ({ figures: { endpoints, clients } }) =>
		`${listOf(endpoints)} ${endpoints.length === 1 ? "degrades" : "degrade"} gracefully up to ${formatCount(clients)} clients: nothing fails, throughput stays, and latency grows with the queue.`,
	NOT_GRACEFUL: ({ figures: { endpoint, clients, faults } }) =>
		`${endpoint} does not degrade gracefully: with ${formatCount(clients)} clients ${faults.map(faultClause).join(", and ")}.`,
	RELATIVE_COST: relativeCost,
	LONG_TAIL: ({ figures: { endpoint, times } }) =>
		`The tail goes to ${endpoint}: its p99 is ${formatTimes(times)} its median under most clients.`,
	TAIL_CONTROLLED: ({ figures: { endpoint, times } }) =>
		`The tail stays controlled: under most clients no p99 is more than ${formatTimes(times)} its median (${endpoint}).`,
} satisfies Partial<SentenceWriters>;
