// The load generators that are held against each other. Each takes the same task and gives the same figures: answers,
// milliseconds, CPU time, and the percentiles that it says itself, in milliseconds; null: it says nothing of that.
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { mergeHistograms, valueAtQuantile } from "#src/analyse/latency/histogram.js";
import { startLoadGenerator } from "#src/load/handle/generator-process.js";
import { cpuNs, here, pinned, runToEnd } from "./processes.mjs";

/**
 * @typedef {object} Task
 * @property {string | null} cpus what it is pinned to
 * @property {string} url
 * @property {number} connections
 * @property {number | null} rate requests a second in all; null: closed loop
 * @property {number} seconds
 * @property {number} warmupSeconds for those that can warm up
 * @property {string | null} body sent with POST; null: GET
 * @property {() => void} onBegin called when the seconds that count begin
 */

const percentilesOf = (histogram, maxNs) => ({
	p50Ms: valueAtQuantile(histogram, 0.5) / 1e6,
	p90Ms: valueAtQuantile(histogram, 0.9) / 1e6,
	p99Ms: valueAtQuantile(histogram, 0.99) / 1e6,
	maxMs: maxNs / 1e6,
});

const loadOf = ({ cpus, connections, rate }) =>
	rate === null
		? { kind: "closed", clients: connections }
		: {
				kind: "open",
				ratePerSecond: rate,
				arrivals: "constant",
				seed: 1,
				maxInFlight: Math.min(10_000, Math.max(1_000, rate)),
				spin: cpus !== null,
			};

/** One window of our generator. `harness` and `headers` as in its orders. */
export async function recordWindow(task, { harness = { kind: "http" }, headers = {} } = {}) {
	const generator = await startLoadGenerator({ pinnedCpus: task.cpus });
	try {
		await generator.begin({
			origin: task.url,
			request: {
				method: task.body === null ? "GET" : "POST",
				path: "/",
				headers,
				body: task.body === null ? null : Buffer.from(task.body),
			},
			expectedStatus: null,
			load: loadOf(task),
			harness,
			timeoutMs: 10_000,
		});
		await sleep(task.warmupSeconds * 1_000);
		const before = cpuNs(generator.pid);
		task.onBegin();
		const window = await generator.record(task.seconds * 1_000);
		return { window, elapsedMs: window.windowNs / 1e6, cpuNs: cpuNs(generator.pid) - before };
	} finally {
		await generator.close();
	}
}

/** Service time in a closed loop, response time in an open one; `service` beside it. */
async function azProf(task) {
	const { window, ...used } = await recordWindow(task);
	const service = percentilesOf(window.serviceTime.histogram, window.serviceTime.maxNs);
	const response = window.series.find(({ name }) => name === "response");
	const shown = response === undefined ? service : percentilesOf(mergeHistograms(response.blocks), response.maxNs);
	return { requests: window.counts.ok, ...used, ...shown, service };
}

/** A script that is told what to do, says when it begins and what came of it, and ends with the channel to it. */
async function scripted(file, task, order) {
	const child = pinned(
		task.cpus,
		[process.execPath, here(file), JSON.stringify(order)],
		["ignore", "ignore", "inherit", "ipc"],
	);
	await once(child, "message");
	const before = cpuNs(child.pid);
	task.onBegin();
	const [{ requests, elapsedMs, latency }] = await once(child, "message");
	const used = cpuNs(child.pid) - before;
	const exit = once(child, "exit");
	child.disconnect();
	await exit;
	const { p50, p90, p99, max } = latency;
	return { requests, elapsedMs, cpuNs: used, p50Ms: p50, p90Ms: p90, p99Ms: p99, maxMs: max };
}

/** The client that ours had before it spoke HTTP itself, and could have again. */
const undici = (task) => {
	const { url, connections, seconds, warmupSeconds, body } = task;
	return scripted("undici.mjs", task, { url, connections, seconds, warmupSeconds, body });
};

const autocannon = (task, options = {}) => {
	const { url, connections, rate, seconds, warmupSeconds, body } = task;
	return scripted("autocannon.mjs", task, {
		url,
		connections,
		seconds,
		warmupSeconds,
		...(rate === null ? {} : { overallRate: rate }),
		...(body === null ? {} : { method: "POST", body }),
		...options,
	});
};

const UNIT_MS = { us: 1e-3, ms: 1, s: 1e3, m: 60e3 };
const inMs = (number, unit) => Number(number) * UNIT_MS[unit];

function found(pattern, out, program) {
	const match = pattern.exec(out);
	if (match === null) throw new Error(`${program} printed no ${pattern}:\n${out}`);
	return match.slice(1);
}

/** One thread, because the others have one. It has no warm-up and needs none: its figures are those of its whole life. */
async function wrk(task) {
	const { cpus, url, connections, seconds, body } = task;
	task.onBegin();
	const script = body === null ? [] : ["-s", here("post.lua")];
	const argv = ["wrk", "-t1", `-c${connections}`, `-d${seconds}s`, "--latency", ...script, url];
	const { out, cpuNs: used } = await runToEnd(cpus, body === null ? argv : [...argv, "--", String(body.length)]);
	const [requests, elapsed, unit] = found(/(\d+) requests in ([\d.]+)(ms|s|m)/, out, "wrk");
	const percentile = (quantile) => inMs(...found(new RegExp(`^ +${quantile}% +([\\d.]+)(us|ms|s|m)`, "m"), out, "wrk"));
	const [max, maxUnit] = found(/^ +Latency +\S+ +\S+ +([\d.]+)(us|ms|s|m)/m, out, "wrk");
	return {
		requests: Number(requests),
		elapsedMs: inMs(elapsed, unit),
		cpuNs: used,
		p50Ms: percentile(50),
		p90Ms: percentile(90),
		p99Ms: percentile(99),
		maxMs: inMs(max, maxUnit),
	};
}

/** Each of its workers has its share of the rate. It prints seconds with four digits behind the point. */
async function hey(task) {
	const { cpus, url, connections, rate, seconds } = task;
	task.onBegin();
	const argv = ["hey", "-z", `${seconds}s`, "-c", String(connections), "-q", String(rate / connections), url];
	const { out, cpuNs: used } = await runToEnd(cpus, argv);
	const [elapsed] = found(/Total:\s+([\d.]+) secs/, out, "hey");
	const [perSecond] = found(/Requests\/sec:\s+([\d.]+)/, out, "hey");
	const [slowest] = found(/Slowest:\s+([\d.]+) secs/, out, "hey");
	const percentile = (quantile) => Number(found(new RegExp(`${quantile}% in ([\\d.]+) secs`), out, "hey")[0]) * 1e3;
	return {
		requests: Math.round(Number(perSecond) * Number(elapsed)),
		elapsedMs: Number(elapsed) * 1e3,
		cpuNs: used,
		p50Ms: percentile(50),
		p90Ms: percentile(90),
		p99Ms: percentile(99),
		maxMs: Number(slowest) * 1e3,
	};
}

export const clients = {
	"az-prof": azProf,
	wrk,
	hey,
	undici,
	autocannon,
	"autocannon, uncorrected": (task) => autocannon(task, { ignoreCoordinatedOmission: true }),
};
