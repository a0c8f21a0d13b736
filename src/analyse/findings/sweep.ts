import { percentileOf } from "#src/analyse/latency/judged-latency.js";
import { type MeanChange, meanChange } from "#src/analyse/statistics/mean-change.js";
import type { Finding } from "#src/model/finding.js";
import type { Measurement } from "#src/model/measurement.js";
import { targetShareOf } from "./target-share.js";

/**
 * What several numbers of clients show of a target: whether more of them bring more throughput, and if not, why not;
 * whether it degrades gracefully; how much heavier each endpoint is; where the tail goes.
 */

/** More clients that bring less than this share more throughput bring none worth mentioning. */
const GROWS = 1.25;
/** The share of a core from which on the target's CPU is what caps it. */
const CPU_FULL = 0.85;
const SAME_CORES = 1.2;
/** A throughput that falls by this share under more clients has collapsed. */
const COLLAPSE = 0.85;
const FAILED_SHARE = 0.001;
/** A client that waits this long, and so many times as long as p99, was passed over. */
const STARVED_NS = 1e9;
const STARVED_TIMES_P99 = 10;
/** A p99 of more than this many times the median is a tail. */
const TAIL = 5;

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const count = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 0 });
const times = (value: number): string => `${Number(value.toPrecision(2))}×`;
const seconds = (ns: number): string => `${(ns / 1e9).toPrecision(2)} s`;
const micro = (ns: number): string => `${Number((ns / 1e3).toPrecision(3))} µs`;

/** "a", "a and b", "a, b and c" */
const listOf = (names: readonly string[]): string =>
	names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
const nameOf = ({ endpoint }: Measurement): string => `${endpoint.method} ${endpoint.path}`;
const clientsOf = ({ load }: Measurement): number => (load.kind === "closed" ? load.clients : 0);
const ratesOf = ({ seconds }: Measurement): number[] =>
	seconds.map(({ requests, errors, durationMs }) => ((requests - errors) / durationMs) * 1e3);

/** Findings of a sweep; none where no endpoint was measured with two numbers of clients. */
export function sweepFindings(measurements: readonly Measurement[]): Finding[] {
	const clean = measurements.filter(({ load, collector }) => load.kind === "closed" && collector === null);
	const byEndpoint = new Map<string, Measurement[]>();
	for (const each of clean) byEndpoint.set(nameOf(each), [...(byEndpoint.get(nameOf(each)) ?? []), each]);
	const pairs = [...byEndpoint.values()].flatMap((windows) => {
		const sorted = [...windows].sort((a, b) => clientsOf(a) - clientsOf(b));
		const [few] = sorted;
		const many = sorted.at(-1);
		return few === undefined || many === undefined || clientsOf(few) === clientsOf(many)
			? []
			: [{ few, many, change: meanChange(ratesOf(few), ratesOf(many)) }];
	});
	if (pairs.length === 0) return [];
	const most = pairs.map(({ many }) => many);
	return [...scaling(pairs), ...degradation(pairs), ...relativeCost(most), ...tail(most)];
}

interface Pair {
	readonly few: Measurement;
	readonly many: Measurement;
	/** Of the throughput, from few clients to many. */
	readonly change: MeanChange | null;
}

/** What caps an endpoint, and the words for it. */
const SCALING = {
	CAPPED_BY_CPU: (names: string) =>
		`${names} capped by CPU: more clients bring no more throughput, and the target's core is full`,
	CAPPED_BY_CPU_ALREADY: (names: string) =>
		`${names} capped by CPU with few clients already: the target's core is full then, so more throughput can only come from cheaper requests`,
	CAPPED_BY_CONCURRENCY: (names: string) =>
		`${names} limited by concurrency, not by capacity: each client waits for its answer, and more of them get more done`,
	CAPPED_BY_CLIENT: (names: string) =>
		`What caps these cannot be told, because the load generator's own core was nearly full: ${names}`,
	CAPPED_BY_WAITING: (names: string) =>
		`${names} capped, but not by CPU: something that the target waits for, a pool or a lock or another service, lets only so many through`,
	SCALING_UNCLEAR: (names: string) =>
		`Whether more clients bring more throughput cannot be told, because it varies too much within the windows (a longer --duration helps): ${names}`,
} as const;
type ScalingCode = keyof typeof SCALING;

interface Scaled {
	readonly name: string;
	readonly code: ScalingCode;
	/** "8× the clients, 1.0× [0.9–1.1] the throughput, 98 % of a core" */
	readonly detail: string;
	readonly times: number | null;
}

/** Whether more clients bring more, and what caps it: one finding for all endpoints of which the same is true. */
function scaling(pairs: readonly Pair[]): Finding[] {
	const all = pairs.map(scaled);
	return (Object.keys(SCALING) as ScalingCode[]).flatMap((code) => {
		const same = all.filter((each) => each.code === code);
		if (same.length === 0) return [];
		const subject = same.map(({ name }) => name);
		const says = SCALING[code];
		const isListed = code === "CAPPED_BY_CLIENT" || code === "SCALING_UNCLEAR";
		const names = isListed ? listOf(subject) : `${listOf(subject)} ${same.length === 1 ? "is" : "are"}`;
		return [
			{
				code,
				severity: "info" as const,
				about: null,
				figures: Object.fromEntries(same.map(({ name, times: more }) => [name, more])),
				sentence: `${says(names)}. ${same.map(({ name, detail }) => (same.length === 1 ? detail : `${name}: ${detail}`)).join("; ")}.`,
			},
		];
	});
}

function scaled({ few, many, change }: Pair): Scaled {
	const cpuShare = targetShareOf(many);
	const alreadyFull = isFullWithBoth(targetShareOf(few), cpuShare);
	const codeOf = (): ScalingCode => {
		if (alreadyFull && (change === null || change.high >= GROWS)) return "CAPPED_BY_CPU_ALREADY";
		if (change === null || (change.low < GROWS && change.high >= GROWS)) return "SCALING_UNCLEAR";
		if (change.low >= GROWS) return "CAPPED_BY_CONCURRENCY";
		if (cpuShare !== null && cpuShare >= CPU_FULL) return "CAPPED_BY_CPU";
		return many.generator.cpuUtilization >= CPU_FULL ? "CAPPED_BY_CLIENT" : "CAPPED_BY_WAITING";
	};
	const throughput =
		change === null
			? ""
			: `, ${change.ratio.toFixed(2)}× [${change.low.toFixed(2)}–${change.high.toFixed(2)}] the throughput`;
	const core = cpuShare === null ? "" : `, ${percent(cpuShare)} of a core`;
	const costs = [few, many].map(({ cpu }) => (cpu === null ? "" : micro(cpu.nsPerRequest)));
	const code = codeOf();
	const cost = code === "CAPPED_BY_CPU_ALREADY" ? `, ${costs.join(" → ")} of CPU a request` : "";
	return {
		name: nameOf(many),
		code,
		detail: `${times(clientsOf(many) / clientsOf(few))} the clients (${count(clientsOf(few))} to ${count(clientsOf(many))})${throughput}${core}${cost}`,
		times: change?.ratio ?? null,
	};
}

/** On as many cores: one that finds more of them under more clients was not full. */
const isFullWithBoth = (few: number | null, many: number | null): boolean =>
	few !== null && many !== null && few >= CPU_FULL && many >= CPU_FULL && many < SAME_CORES * few;

/** Graceful: latency grows in proportion, nothing fails, throughput stays. */
function degradation(pairs: readonly Pair[]): Finding[] {
	const all = pairs.map((pair) => ({ name: nameOf(pair.many), id: pair.many.id, faults: faultsOf(pair) }));
	const graceful = all.filter(({ faults }) => faults.length === 0);
	const clients = count(Math.max(...pairs.map(({ many }) => clientsOf(many))));
	const others = all
		.filter(({ faults }) => faults.length > 0)
		.map(
			({ name, id, faults }): Finding => ({
				code: "NOT_GRACEFUL",
				severity: "warning",
				about: id,
				figures: {},
				sentence: `${name} does not degrade gracefully: with ${clients} clients ${faults.join(", and ")}.`,
			}),
		);
	if (graceful.length === 0) return others;
	return [
		...others,
		{
			code: "GRACEFUL",
			severity: "info",
			about: null,
			figures: {},
			sentence: `${listOf(graceful.map(({ name }) => name))} ${graceful.length === 1 ? "degrades" : "degrade"} gracefully up to ${clients} clients: nothing fails, throughput stays, and latency grows with the queue.`,
		},
	];
}

function faultsOf({ few, many, change }: Pair): readonly string[] {
	const failed = many.counts.attempted === 0 ? 1 : 1 - many.counts.ok / many.counts.attempted;
	const [before, after] = [tailOf(few), tailOf(many)];
	return [
		failed > FAILED_SHARE ? `${percent(failed)} of its requests fail` : "",
		change !== null && change.high < COLLAPSE ? `its throughput falls to ${percent(change.ratio)}` : "",
		before !== null && after !== null && after > TAIL && after > 2 * before
			? `its p99 grows from ${times(before)} to ${times(after)} the median`
			: "",
		starvesSome(many) ? `some of them wait for up to ${seconds(longestNs(many))} while others are answered` : "",
	].filter((fault) => fault !== "");
}

/** The longest that a client waited, answered or not. */
const longestNs = ({ serviceTime, unanswered }: Measurement): number =>
	Math.max(serviceTime.maxNs ?? 0, unanswered.oldestNs);

/** A server that takes connections unevenly leaves some clients waiting for seconds, where the others wait for their turn. */
function starvesSome(measurement: Measurement): boolean {
	const p99 = percentileOf(measurement, 0.99);
	return p99 !== undefined && longestNs(measurement) > Math.max(STARVED_NS, STARVED_TIMES_P99 * p99.valueNs);
}

/** How many times the median p99 is; null where nothing was answered. */
function tailOf(measurement: Measurement): number | null {
	const [p50, p99] = [percentileOf(measurement, 0.5), percentileOf(measurement, 0.99)];
	return p50 === undefined || p99 === undefined || p50.valueNs === 0 ? null : p99.valueNs / p50.valueNs;
}

/** CPU per request of each endpoint against the cheapest. */
function relativeCost(windows: readonly Measurement[]): Finding[] {
	const known = windows.flatMap((each) =>
		each.cpu === null ? [] : [{ name: nameOf(each), id: each.id, cpu: each.cpu }],
	);
	const [cheapest, ...dearer] = known.sort((a, b) => a.cpu.nsPerRequest - b.cpu.nsPerRequest);
	if (cheapest === undefined || dearer.length === 0) return [];
	const base = cheapest.cpu;
	const list = dearer.map(({ name, cpu }) => {
		const interval =
			cpu.lowNs === null || cpu.highNs === null || base.lowNs === null || base.highNs === null || base.lowNs === 0
				? ""
				: ` [${(cpu.lowNs / base.highNs).toFixed(2)}–${(cpu.highNs / base.lowNs).toFixed(2)}]`;
		return `${name} ${times(cpu.nsPerRequest / base.nsPerRequest)}${interval} (${micro(cpu.nsPerRequest)})`;
	});
	return [
		{
			code: "RELATIVE_COST",
			severity: "info",
			about: null,
			figures: Object.fromEntries(known.map(({ name, cpu }) => [name, cpu.nsPerRequest])),
			sentence: `Against ${cheapest.name}, which costs ${micro(base.nsPerRequest)} of CPU a request: ${list.join(", ")}.`,
		},
	];
}

/** Which endpoint has the longest tail under most clients, or that none has one. */
function tail(windows: readonly Measurement[]): Finding[] {
	const tails = windows.flatMap((each) => {
		const share = tailOf(each);
		return share === null ? [] : [{ name: nameOf(each), id: each.id, times: share }];
	});
	const longest = tails.sort((a, b) => b.times - a.times)[0];
	if (longest === undefined) return [];
	const has = longest.times > TAIL;
	return [
		{
			code: has ? "LONG_TAIL" : "TAIL_CONTROLLED",
			severity: has ? "warning" : "info",
			about: longest.id,
			figures: Object.fromEntries(tails.map((each) => [each.name, each.times])),
			sentence: has
				? `The tail goes to ${longest.name}: its p99 is ${times(longest.times)} its median under most clients.`
				: `The tail stays controlled: under most clients no p99 is more than ${times(longest.times)} its median (${longest.name}).`,
		},
	];
}
