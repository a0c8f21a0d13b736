import type { Finding } from "../model/finding.js";
import type { Measurement } from "../model/run-record.js";
import { percentileOf } from "./latency-of.js";
import { meanChange } from "./mean-change.js";

/**
 * What several numbers of clients show of a target: whether more of them bring more throughput, and if not, why not;
 * whether it degrades gracefully; how much heavier each endpoint is; where the tail goes.
 */

/** More clients that bring less than this share more throughput bring none worth mentioning. */
const GROWS = 1.25;
/** The share of a core from which on the target's CPU is what caps it. */
const CPU_FULL = 0.85;
/** A throughput that falls by this share under more clients has collapsed. */
const COLLAPSE = 0.85;
const FAILED_SHARE = 0.001;
/** A p99 of more than this many times the median is a tail. */
const TAIL = 5;

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const count = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 0 });
const times = (value: number): string => `${Number(value.toPrecision(2))}×`;
const micro = (ns: number): string => `${Number((ns / 1e3).toPrecision(3))} µs`;

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
		return few === undefined || many === undefined || clientsOf(few) === clientsOf(many) ? [] : [{ few, many }];
	});
	if (pairs.length === 0) return [];
	const most = pairs.map(({ many }) => many);
	return [...pairs.flatMap(scaling), ...pairs.map(degradation), ...relativeCost(most), ...tail(most)];
}

interface Pair {
	readonly few: Measurement;
	readonly many: Measurement;
}

/** Whether more clients bring more, and what caps it. */
function scaling({ few, many }: Pair): Finding[] {
	const change = meanChange(ratesOf(few), ratesOf(many));
	const more = clientsOf(many) / clientsOf(few);
	const cpuShare = many.cpu === null ? null : many.cpu.totalNs / many.windowNs;
	const figures = {
		clientsTimes: more,
		throughputTimes: change?.ratio ?? null,
		throughputTimesLow: change?.low ?? null,
		throughputTimesHigh: change?.high ?? null,
		targetUtilization: cpuShare,
		generatorUtilization: many.generator.cpuUtilization,
	};
	const say = (code: string, sentence: string): Finding[] => [
		{ code, severity: "info", about: many.id, figures, sentence },
	];
	const name = nameOf(many);
	if (change === null || (change.low < GROWS && change.high >= GROWS)) {
		return say(
			"SCALING_UNCLEAR",
			`Whether more clients bring more throughput of ${name} cannot be told: it varies too much within the windows. A longer --duration helps.`,
		);
	}
	const [fewer, larger] = [count(clientsOf(few)), count(clientsOf(many))];
	const change_ = `${times(more)} the clients (${fewer} to ${larger}), ${times(change.ratio)} the throughput [${change.low.toFixed(2)}–${change.high.toFixed(2)}]`;
	if (change.low >= GROWS) {
		return say(
			"CAPPED_BY_CONCURRENCY",
			`${name} is limited by concurrency, not by capacity: ${change_}. Each client waits for its answer, and with more of them more is done at a time.`,
		);
	}
	if (cpuShare !== null && cpuShare >= CPU_FULL) {
		return say(
			"CAPPED_BY_CPU",
			`${name} is capped by CPU: ${change_}, and the target used ${percent(cpuShare)} of a core.`,
		);
	}
	if (many.generator.cpuUtilization >= CPU_FULL) {
		return say(
			"CAPPED_BY_CLIENT",
			`What caps ${name} cannot be told: ${change_}, and the load generator used ${percent(many.generator.cpuUtilization)} of its own core.`,
		);
	}
	return say(
		"CAPPED_BY_WAITING",
		`${name} is capped, but not by CPU: ${change_}, while the target used ${cpuShare === null ? "CPU that is not visible" : `${percent(cpuShare)} of a core`}. Something that it waits for, a pool or a lock or another service, lets only so many through.`,
	);
}

/** Graceful: latency grows in proportion, nothing fails, throughput stays. */
function degradation({ few, many }: Pair): Finding {
	const failed = many.counts.attempted === 0 ? 1 : 1 - many.counts.ok / many.counts.attempted;
	const change = meanChange(ratesOf(few), ratesOf(many));
	const tailOf = (each: Measurement): number | null => {
		const [p50, p99] = [percentileOf(each, 0.5), percentileOf(each, 0.99)];
		return p50 === undefined || p99 === undefined || p50.valueNs === 0 ? null : p99.valueNs / p50.valueNs;
	};
	const [before, after] = [tailOf(few), tailOf(many)];
	const faults = [
		failed > FAILED_SHARE ? `${percent(failed)} of its requests fail` : "",
		change !== null && change.high < COLLAPSE ? `its throughput falls to ${percent(change.ratio)}` : "",
		before !== null && after !== null && after > TAIL && after > 2 * before
			? `its p99 grows from ${times(before)} to ${times(after)} the median`
			: "",
	].filter((fault) => fault !== "");
	const name = nameOf(many);
	const clients = count(clientsOf(many));
	return {
		code: faults.length === 0 ? "GRACEFUL" : "NOT_GRACEFUL",
		severity: faults.length === 0 ? "info" : "warning",
		about: many.id,
		figures: { failedShare: failed, throughputTimes: change?.ratio ?? null, tailBefore: before, tailAfter: after },
		sentence:
			faults.length === 0
				? `${name} degrades gracefully up to ${clients} clients: nothing fails, throughput stays, and latency grows with the queue.`
				: `${name} does not degrade gracefully: with ${clients} clients ${faults.join(", and ")}.`,
	};
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
		const [p50, p99] = [percentileOf(each, 0.5), percentileOf(each, 0.99)];
		return p50 === undefined || p99 === undefined || p50.valueNs === 0
			? []
			: [{ name: nameOf(each), id: each.id, times: p99.valueNs / p50.valueNs }];
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
