// What a request costs the load generator, beside autocannon and wrk: the same null responder, in turn, in a fresh random
// order each round. Run `npm run build` first. Options: --rounds 5 --seconds 3 --clients 32 --seed N --write
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg, release } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startLoadGenerator } from "../dist/src/load/load-generator.js";
import { planCpus } from "../dist/src/process/pinning.js";

const { values } = parseArgs({
	options: {
		rounds: { type: "string", default: "5" },
		seconds: { type: "string", default: "3" },
		clients: { type: "string", default: "32" },
		seed: { type: "string", default: String(Date.now() % 1_000_000) },
		write: { type: "boolean", default: false },
	},
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const clients = Number(values.clients);
if (!(rounds >= 1 && rounds <= 100 && seconds >= 1 && seconds <= 60 && clients >= 1 && clients <= 10_000)) {
	console.error("--rounds must be 1 to 100, --seconds 1 to 60, --clients 1 to 10,000");
	process.exit(2);
}
const WARMUP_SECONDS = 1;
const DOC = fileURLToPath(new URL("../docs/bench-generator.md", import.meta.url));
const here = (name) => fileURLToPath(new URL(`bench/${name}`, import.meta.url));
const plan = planCpus();

/** On-CPU nanoseconds of all threads; a thread that has ended is missing, so the process is read while it lives. */
function cpuNs(pid) {
	let total = 0;
	for (const thread of readdirSync(`/proc/${pid}/task`)) {
		total += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "latin1").split(" ")[0]);
	}
	return total;
}

function pinned(cpuList, argv, stdio) {
	const [program, ...args] = cpuList === null ? argv : ["taskset", "-c", cpuList, ...argv];
	return spawn(program, args, { stdio });
}

/** Requests, seconds and CPU of one client in one round, after its warm-up. */
const tools = {
	"az-prof": async (url) => {
		const generator = await startLoadGenerator({ pinnedCpus: plan.generator });
		try {
			await generator.begin({
				origin: url,
				request: { method: "GET", path: "/", headers: {}, body: null },
				expectedStatus: null,
				load: { kind: "closed", clients },
				timeoutMs: 10_000,
			});
			await sleep(WARMUP_SECONDS * 1_000);
			const before = cpuNs(generator.pid);
			const window = await generator.record(seconds * 1_000);
			return { requests: window.counts.ok, elapsedMs: window.windowNs / 1e6, cpuNs: cpuNs(generator.pid) - before };
		} finally {
			await generator.close();
		}
	},
	autocannon: async (url) => {
		const argv = [
			process.execPath,
			here("autocannon.mjs"),
			url,
			String(clients),
			String(WARMUP_SECONDS),
			String(seconds),
		];
		const child = pinned(plan.generator, argv, ["ignore", "ignore", "inherit", "ipc"]);
		await once(child, "message");
		const before = cpuNs(child.pid);
		const [result] = await once(child, "message");
		const used = cpuNs(child.pid) - before;
		child.disconnect();
		await once(child, "exit");
		return { requests: result.requests, elapsedMs: result.elapsedMs, cpuNs: used };
	},
	// wrk has no warm-up and needs none; its counts and its CPU are those of its whole life.
	wrk: async (url) => {
		const argv = ["wrk", "-t1", `-c${clients}`, `-d${seconds}s`, url];
		const child = pinned(plan.generator, argv, ["ignore", "pipe", "inherit"]);
		let out = "";
		child.stdout.setEncoding("utf8").on("data", (text) => {
			out += text;
		});
		let ended = false;
		child.once("exit", () => {
			ended = true;
		});
		// Its thread ends before it does; what the process has used in all is in /proc/<pid>/stat, but only in ticks of 10 ms.
		// So the thread is read every 5 ms and the largest figure counts: at most 5 ms of 3 s are missed.
		let used = 0;
		while (!ended) {
			try {
				used = Math.max(used, cpuNs(child.pid));
			} catch {
				// It has ended.
			}
			await sleep(5);
		}
		const found = /(\d+) requests in ([\d.]+)s/.exec(out);
		if (found === null) throw new Error(`wrk printed no result:\n${out}`);
		return { requests: Number(found[1]), elapsedMs: Number(found[2]) * 1_000, cpuNs: used };
	},
};

if (spawnSync("wrk", ["-v"]).error !== undefined) delete tools.wrk;

/** Mulberry32: the order of the rounds can be had again with --seed. */
let state = Number(values.seed) >>> 0;
function random() {
	state = (state + 0x6d2b79f5) >>> 0;
	let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
	mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
	return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}
function shuffled(names) {
	const order = [...names];
	for (let i = order.length - 1; i > 0; i--) {
		const j = Math.floor(random() * (i + 1));
		[order[i], order[j]] = [order[j], order[i]];
	}
	return order;
}

const sorted = (list) => [...list].sort((a, b) => a - b);
const median = (list) => {
	const s = sorted(list);
	const middle = s.length >> 1;
	return s.length % 2 === 1 ? s[middle] : (s[middle - 1] + s[middle]) / 2;
};
/** The pair of order statistics that encloses the median with at least 95 % confidence; null below six values. */
function medianInterval(list) {
	const s = sorted(list);
	const n = s.length;
	let tail = 0;
	let choose = 1;
	let cut = 0;
	for (let k = 0; k < n / 2; k++) {
		tail += choose / 2 ** n;
		if (tail > 0.025) break;
		cut = k + 1;
		choose = (choose * (n - k)) / (k + 1);
	}
	return cut === 0 ? null : [s[cut - 1], s[n - cut]];
}

const whole = (value) => Math.round(value).toLocaleString("en-US");
const micro = (value) => value.toFixed(1);
const ratio = (value) => value.toFixed(2);
const spread = (list, format) => {
	const interval = medianInterval(list) ?? [Math.min(...list), Math.max(...list)];
	return `${format(median(list))} [${interval.map(format).join(" … ")}]`;
};

const responder = pinned(
	plan.target,
	[process.execPath, here("responder.mjs")],
	["ignore", "inherit", "inherit", "ipc"],
);
const [port] = await once(responder, "message");
const url = `http://127.0.0.1:${port}`;
const results = Object.fromEntries(Object.keys(tools).map((name) => [name, []]));
const loadBefore = loadavg()[0];
try {
	for (let round = 1; round <= rounds; round++) {
		for (const name of shuffled(Object.keys(tools))) {
			const result = await tools[name](url);
			results[name].push(result);
			const cost = result.cpuNs / result.requests / 1e3;
			console.error(`round ${round} ${name}: ${whole(result.requests)} requests, ${micro(cost)} µs CPU each`);
		}
	}
} finally {
	responder.disconnect();
}

const cost = (result) => result.cpuNs / result.requests / 1e3;
const rate = (result) => (result.requests / result.elapsedMs) * 1e3;
const against = (name, other, figure) =>
	results[name].map((result, round) => figure(result) / figure(results[other][round]));
const others = Object.keys(tools).filter((name) => name !== "az-prof");

const enclosing = rounds < 6 ? "smallest and largest value" : "95 % interval from order statistics";
const table = [
	`| client | rounds | requests in all | RPS | client CPU µs/request |`,
	`| --- | --- | --- | --- | --- |`,
	...Object.entries(results).map(([name, list]) => {
		const requests = list.reduce((sum, result) => sum + result.requests, 0);
		return `| ${name} | ${list.length} | ${whole(requests)} | ${spread(list.map(rate), whole)} | ${spread(list.map(cost), micro)} |`;
	}),
	"",
	`| az-prof against | its CPU per request, as a multiple | its RPS, as a multiple |`,
	`| --- | --- | --- |`,
	...others.map(
		(other) =>
			`| ${other} | ${spread(against("az-prof", other, cost), ratio)} | ${spread(against("az-prof", other, rate), ratio)} |`,
	),
	"",
	`Medians over rounds, in brackets the ${enclosing}; multiples are taken within each round.`,
	`${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model.trim()}, ${cpus().length} cores, Linux ${release()}, Node ${process.version};`,
	`${clients} connections, ${seconds} s a round; responder on core ${plan.target ?? "any"}, client on core ${plan.generator ?? "any"};`,
	`load average ${loadBefore.toFixed(2)} before, ${loadavg()[0].toFixed(2)} after (the benchmark alone makes it 2); seed ${values.seed}.`,
].join("\n");
console.log(table);

if (values.write) {
	const [begin, end] = ["<!-- table: begin -->", "<!-- table: end -->"];
	const text = readFileSync(DOC, "utf8");
	const [from, to] = [text.indexOf(begin), text.indexOf(end)];
	if (from < 0 || to < from) throw new Error(`${DOC} has no markers for the table`);
	writeFileSync(DOC, `${text.slice(0, from + begin.length)}\n${table}\n${text.slice(to)}`);
}
process.exit(0);
