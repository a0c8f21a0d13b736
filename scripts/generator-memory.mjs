/**
 * What the load generator keeps: its resident memory over a long run, every 10 s. Half of the time a closed loop with 64
 * clients (about 3,000 requests a second), half of it an open loop at 5,000 a second; each is one window, as
 * `az-prof load -d 5m` has it.
 *
 *   npm run build && nice node scripts/generator-memory.mjs --minutes 10 [--write]
 *
 * It needs time and no quiet machine. Needs /proc. Traffic goes to loopback only.
 */
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { criticalT } from "#src/analyse/comparison/critical-t.js";
import { startLoadGenerator } from "#src/load/handle/generator-process.js";
import { machineLine, writeTable } from "./bench/document.mjs";
import { here, NULL_RESPONDER, startServer } from "./bench/processes.mjs";
import { tenths, whole } from "./bench/statistics.mjs";

const { values } = parseArgs({
	options: { minutes: { type: "string", default: "10" }, write: { type: "boolean", default: false } },
});
const minutes = Number(values.minutes);
if (!(minutes >= 1 && minutes <= 60)) {
	console.error("--minutes must be 1 to 60");
	process.exit(2);
}
const SAMPLE_MS = minutes < 4 ? 2_000 : 10_000;
/** The heap finds its size in the beginning; that is not growth. */
const SETTLE_SHARE = 0.2;
/** Five MiB in ten minutes: less than that is the heap's breathing. */
const FLAT_MIB_PER_MINUTE = 0.5;

/** A connection takes memory too, and a stall of the machine opens some: all that there may be are soon open. */
const MOST_CONNECTIONS = 256;

const phases = [
	{
		name: "closed loop, 64 clients",
		server: [here("known-server.mjs"), "timer", "20"],
		load: { kind: "closed", clients: 64 },
	},
	{
		name: "open loop, 5,000/s",
		server: [NULL_RESPONDER],
		load: {
			kind: "open",
			ratePerSecond: 5_000,
			arrivals: "constant",
			seed: 1,
			maxInFlight: MOST_CONNECTIONS,
			spin: false,
		},
	},
];

const MIB = 2 ** 20;
const rssMib = (pid) =>
	(Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))[1]) * 1_024) / MIB;

const openFiles = (pid) => readdirSync(`/proc/${pid}/fd`).length;

async function measure({ name, server: argv, load }) {
	const server = await startServer(null, ...argv);
	const generator = await startLoadGenerator({ pinnedCpus: null });
	try {
		await generator.begin({
			origin: server.url,
			request: { method: "GET", path: "/", headers: {}, body: null },
			expectedStatus: null,
			load,
			timeoutMs: 10_000,
		});
		const points = [];
		const durationMs = (minutes / phases.length) * 60_000;
		let window = null;
		const recorded = generator.record(durationMs).then((result) => {
			window = result;
		});
		const began = performance.now();
		while (window === null) {
			points.push({
				minute: (performance.now() - began) / 60_000,
				mib: rssMib(generator.pid),
				files: openFiles(generator.pid),
			});
			const { minute, mib, files } = points.at(-1);
			console.error(`${name}: ${minute.toFixed(2)} min, ${tenths(mib)} MiB, ${files} open files`);
			await Promise.race([sleep(SAMPLE_MS), recorded]);
		}
		return { name, points, window };
	} finally {
		await generator.close();
		await server.close();
	}
}

/** Slope of a least-squares line in MiB a minute, with its 95 % interval (Student's t on the residuals). */
function slopeOf(points) {
	const n = points.length;
	const meanX = points.reduce((sum, { minute }) => sum + minute, 0) / n;
	const meanY = points.reduce((sum, { mib }) => sum + mib, 0) / n;
	const xx = points.reduce((sum, { minute }) => sum + (minute - meanX) ** 2, 0);
	const slope = points.reduce((sum, { minute, mib }) => sum + (minute - meanX) * (mib - meanY), 0) / xx;
	const residual = points.reduce((sum, { minute, mib }) => sum + (mib - meanY - slope * (minute - meanX)) ** 2, 0);
	const margin = criticalT(0.05, n - 1) * Math.sqrt(residual / (n - 2) / xx);
	return { slope, low: slope - margin, high: slope + margin };
}

function verdictOf({ low, high }) {
	if (high < FLAT_MIB_PER_MINUTE) return "flat";
	return low > FLAT_MIB_PER_MINUTE ? "grows" : "cannot tell";
}

function row({ name, points, window }) {
	const settled = points.filter(({ minute }) => minute >= (SETTLE_SHARE * minutes) / phases.length);
	const line = slopeOf(settled);
	const figures = [
		name,
		whole(window.counts.ok),
		whole(window.tallies.missed ?? 0),
		`${settled[0].files} → ${points.at(-1).files}`,
		String(settled.length),
		`${tenths(points[0].mib)} → ${tenths(settled[0].mib)} → ${tenths(points.at(-1).mib)}`,
		`${line.slope.toFixed(2)} [${line.low.toFixed(2)} … ${line.high.toFixed(2)}]`,
		verdictOf(line),
	];
	return `| ${figures.join(" | ")} |`;
}

const rows = [];
for (const phase of phases) rows.push(row(await measure(phase)));
const table = [
	"| load, one window each | answers | missed | open files, settled → at the end | samples since settled | RSS in MiB: at the start → settled → at the end | MiB a minute since settled | |",
	"| --- | --- | --- | --- | --- | --- | --- | --- |",
	...rows,
	"",
	`${minutes} minutes in all; settled: after the first ${SETTLE_SHARE * 100} % of a window. In brackets the 95 % interval of the least-squares line`,
	`(neighbouring samples are not independent, so it is rather too narrow); "flat" where all of it is below ${FLAT_MIB_PER_MINUTE} MiB a minute.`,
	`${machineLine()}.`,
].join("\n");
console.log(table);
if (values.write) writeTable("bench-generator.md", "memory", table);
process.exit(0);
