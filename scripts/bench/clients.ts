/** The load generators that are held against each other: each takes the same task and gives the same figures. */
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { type LatencyHistogram, mergeHistograms, valueAtQuantile } from "#src/analyse/latency/histogram.js";
import { type LoadGenerator, startLoadGenerator } from "#src/load/handle/generator-process.js";
import type { ClosedArrivals, Harness, OpenArrivals, WindowResult } from "#src/load/order/order.js";
import { cpuNs, pinned, program, programFile, runToEnd } from "./processes.js";

export interface Task {
	/** What it is pinned to. */
	readonly cpus: string | null;
	readonly url: string;
	readonly connections: number;
	/** Requests a second in all; null: closed loop. */
	readonly ratePerSecond: number | null;
	readonly seconds: number;
	/** For those that can warm up: so long at least, and until there are so many answers (or events, or messages). */
	readonly warmupSeconds: number;
	readonly warmupAnswers: number;
	/** Sent with POST; null: GET. */
	readonly body: string | null;
	/** Called when the seconds that count begin. */
	readonly onBegin: () => void;
}

/** What a client says itself; null: nothing of that. */
export interface Percentiles {
	readonly p50Ms: number | null;
	readonly p90Ms: number | null;
	readonly p99Ms: number | null;
	readonly maxMs: number | null;
}

export interface ClientResult extends Percentiles {
	/** Answers. */
	readonly requests: number;
	readonly elapsedMs: number;
	readonly cpuNs: number;
	/** Of ours: the service time, beside the response time of an open loop. */
	readonly service?: Percentiles;
}

export type Client = (task: Task) => Promise<ClientResult>;

const inMilliseconds = (valueNs: number | null): number | null => (valueNs === null ? null : valueNs / 1e6);

const percentilesOf = (histogram: LatencyHistogram, maxNs: number | null): Percentiles => ({
	p50Ms: inMilliseconds(valueAtQuantile(histogram, 0.5)),
	p90Ms: inMilliseconds(valueAtQuantile(histogram, 0.9)),
	p99Ms: inMilliseconds(valueAtQuantile(histogram, 0.99)),
	maxMs: inMilliseconds(maxNs),
});

const loadOf = ({ cpus, connections, ratePerSecond }: Task): ClosedArrivals | OpenArrivals =>
	ratePerSecond === null
		? { kind: "closed", clients: connections }
		: {
				kind: "open",
				ratePerSecond,
				arrivals: "constant",
				seed: 1,
				maxInFlight: Math.min(10_000, Math.max(1_000, ratePerSecond)),
				spin: cpus !== null,
			};

/** One window of our generator, and what it used meanwhile. */
export async function recordWindow(
	task: Task,
	harness: Harness = { kind: "http" },
): Promise<{ readonly window: WindowResult; readonly elapsedMs: number; readonly cpuNs: number }> {
	const generator = await startLoadGenerator({ pinnedCpus: task.cpus });
	try {
		await generator.begin({
			origin: task.url,
			request: {
				method: task.body === null ? "GET" : "POST",
				path: "/",
				headers: {},
				body: task.body === null ? null : Buffer.from(task.body),
			},
			expectedStatus: null,
			load: loadOf(task),
			harness,
			timeoutMs: 10_000,
		});
		await warmUp(generator, task);
		const before = cpuNs(generator.pid);
		task.onBegin();
		const window = await generator.record(task.seconds * 1_000);
		return { window, elapsedMs: window.windowNs / 1e6, cpuNs: cpuNs(generator.pid) - before };
	} finally {
		await generator.close();
	}
}

/** A client that does not get so many answers is not worth waiting for. */
const LONGEST_WARMUP_MS = 30_000;
const LOOK_MS = 100;

async function warmUp(generator: LoadGenerator, { warmupSeconds, warmupAnswers }: Task): Promise<void> {
	await sleep(warmupSeconds * 1_000);
	for (;;) {
		const { ok, tallies, elapsedNs } = await generator.progress();
		const answers = Math.max(ok, tallies.events ?? 0);
		if (answers >= warmupAnswers || elapsedNs >= LONGEST_WARMUP_MS * 1e6) return;
		await sleep(LOOK_MS);
	}
}

/** Service time in a closed loop, response time in an open one; `service` beside it. */
const azProf: Client = async (task) => {
	const { window, ...used } = await recordWindow(task);
	const service = percentilesOf(window.serviceTime.histogram, window.serviceTime.maxNs);
	const response = window.series.find(({ name }) => name === "response");
	const shown = response === undefined ? service : percentilesOf(mergeHistograms(response.blocks), response.maxNs);
	return { requests: window.counts.ok, ...used, ...shown, service };
};

/** What a program says at its end. */
interface Said {
	readonly requests: number;
	readonly elapsedMs: number;
	/** In milliseconds. */
	readonly latency: { readonly p50: number; readonly p90: number; readonly p99: number; readonly max: number };
}

/** A program that is told what to do, says when it begins and what came of it, and ends with the channel to it. */
async function programmed(name: string, task: Task, order: object): Promise<ClientResult> {
	const argv = [process.execPath, program(name), JSON.stringify(order)];
	const child = pinned(task.cpus, argv, ["ignore", "ignore", "inherit", "ipc"]);
	await once(child, "message");
	const pid = child.pid as number;
	const before = cpuNs(pid);
	task.onBegin();
	const [{ requests, elapsedMs, latency }] = (await once(child, "message")) as [Said];
	const used = cpuNs(pid) - before;
	const exit = once(child, "exit");
	child.disconnect();
	await exit;
	const { p50, p90, p99, max } = latency;
	return { requests, elapsedMs, cpuNs: used, p50Ms: p50, p90Ms: p90, p99Ms: p99, maxMs: max };
}

const undici =
	(kind: "requests" | "agent" | "events"): Client =>
	(task) => {
		const { url, connections, seconds, warmupSeconds, warmupAnswers, body } = task;
		return programmed("undici", task, { kind, url, connections, seconds, warmupSeconds, warmupAnswers, body });
	};

/** What our connection could stand on, as it comes, under loads whose unit is something else than a request. */
export const libraries = {
	agent: undici("agent"),
	events: undici("events"),
	/** @param message has {{seq}} where the number of the message goes */
	messages:
		(message: string): Client =>
		(task) => {
			const { url, connections, seconds, warmupSeconds, warmupAnswers } = task;
			return programmed("ws", task, { url, connections, seconds, warmupSeconds, warmupAnswers, message });
		},
};

const autocannon =
	(options: object): Client =>
	(task) => {
		const { url, connections, ratePerSecond, seconds, warmupSeconds, warmupAnswers, body } = task;
		return programmed("autocannon", task, {
			url,
			connections,
			seconds,
			warmupSeconds,
			warmupAnswers,
			...(ratePerSecond === null ? {} : { overallRate: ratePerSecond }),
			...(body === null ? {} : { method: "POST", body }),
			...options,
		});
	};

/** The groups of a pattern in what a program printed. */
function found(pattern: RegExp, out: string, name: string): readonly string[] {
	const match = pattern.exec(out);
	if (match === null) throw new Error(`${name} printed no ${pattern}:\n${out}`);
	return match.slice(1);
}

const UNIT_MS: Readonly<Record<string, number>> = { us: 1e-3, ms: 1, s: 1e3, m: 60e3 };

function inMs([number, unit]: readonly string[]): number {
	return Number(number) * (UNIT_MS[unit ?? ""] ?? Number.NaN);
}

/** One thread, because the others have one. It has no warm-up and needs none: its figures are those of its whole life. */
const wrk: Client = async ({ cpus, url, connections, seconds, body, onBegin }) => {
	onBegin();
	const script = body === null ? [] : ["-s", programFile("post.lua")];
	const argv = ["wrk", "-t1", `-c${connections}`, `-d${seconds}s`, "--latency", ...script, url];
	const { out, cpuNs: used } = await runToEnd(cpus, body === null ? argv : [...argv, "--", String(body.length)]);
	const percentile = (quantile: number): number =>
		inMs(found(new RegExp(`^ +${quantile}% +([\\d.]+)(us|ms|s|m)`, "m"), out, "wrk"));
	return {
		requests: Number(found(/(\d+) requests in/, out, "wrk")[0]),
		elapsedMs: inMs(found(/requests in ([\d.]+)(ms|s|m)/, out, "wrk")),
		cpuNs: used,
		p50Ms: percentile(50),
		p90Ms: percentile(90),
		p99Ms: percentile(99),
		maxMs: inMs(found(/^ +Latency +\S+ +\S+ +([\d.]+)(us|ms|s|m)/m, out, "wrk")),
	};
};

/** Each of its workers has its share of the rate. It prints seconds with four digits behind the point. */
const hey: Client = async ({ cpus, url, connections, ratePerSecond, seconds, onBegin }) => {
	onBegin();
	const rate = ratePerSecond === null ? [] : ["-q", String(ratePerSecond / connections)];
	const argv = ["hey", "-z", `${seconds}s`, "-c", String(connections), ...rate, url];
	const { out, cpuNs: used } = await runToEnd(cpus, argv);
	const number = (pattern: RegExp): number => Number(found(pattern, out, "hey")[0]);
	const elapsed = number(/Total:\s+([\d.]+) secs/);
	const percentile = (quantile: number): number => number(new RegExp(`${quantile}% in ([\\d.]+) secs`)) * 1e3;
	return {
		requests: Math.round(number(/Requests\/sec:\s+([\d.]+)/) * elapsed),
		elapsedMs: elapsed * 1e3,
		cpuNs: used,
		p50Ms: percentile(50),
		p90Ms: percentile(90),
		p99Ms: percentile(99),
		maxMs: number(/Slowest:\s+([\d.]+) secs/) * 1e3,
	};
};

export const clients = {
	"az-prof": azProf,
	wrk,
	hey,
	/** The client that ours had before it spoke HTTP itself, and could have again. */
	undici: undici("requests"),
	autocannon: autocannon({}),
	"autocannon, uncorrected": autocannon({ ignoreCoordinatedOmission: true }),
} as const satisfies Record<string, Client>;
export type ClientName = keyof typeof clients;
