/**
 * What the load generator keeps: its resident memory over a long run, every 10 s. Half of the time a closed loop with 64
 * clients (about 3,000 requests a second), half of it an open loop at 5,000 a second; each is one window, as
 * `az-prof load -d 5m` has it.
 *
 *   nice npm run script scripts/generator-memory.ts -- --minutes 10 [--write]
 *
 * It needs time and no quiet machine. Needs /proc. Traffic goes to loopback only.
 */
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { criticalT } from "#src/analyse/comparison/critical-t.js";
import { lineThrough } from "#src/analyse/statistics/line.js";
import { startLoadGenerator } from "#src/load/handle/generator-process.js";
import type { ClosedArrivals, OpenArrivals, WindowResult } from "#src/load/order/order.js";
import { markdownTable, paragraph, writeIntoPage } from "./bench/document.js";
import { tenths, whole } from "./bench/figures.js";
import { machineToday } from "./bench/machine.js";
import { optionsOf } from "./bench/options.js";
import { NULL_RESPONDER, program, startServer } from "./bench/processes.js";

const { minutes, write } = optionsOf({ numbers: { minutes: { usual: 10, least: 1, most: 60 } }, flags: ["write"] });
const SAMPLE_MS = minutes < 4 ? 2_000 : 10_000;
/** The heap finds its size in the beginning; that is not growth. */
const SETTLE_SHARE = 0.2;
/** Five MiB in ten minutes: less than that is the heap's breathing. */
const FLAT_MIB_PER_MINUTE = 0.5;

/** A connection takes memory too, and a stall of the machine opens some: all that there may be are soon open. */
const MOST_CONNECTIONS = 256;

interface Phase {
	readonly name: string;
	readonly server: readonly [string, ...string[]];
	readonly load: ClosedArrivals | OpenArrivals;
}

const phases: readonly Phase[] = [
	{
		name: "closed loop, 64 clients",
		server: [program("known-server"), "timer", "20"],
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

interface Sample {
	readonly minute: number;
	readonly rssMiB: number;
	readonly files: number;
}

function sampleOf(pid: number, minute: number): Sample {
	const kibibytes = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1]);
	return { minute, rssMiB: kibibytes / 1_024, files: readdirSync(`/proc/${pid}/fd`).length };
}

async function measure({ name, server: argv, load }: Phase): Promise<{ samples: Sample[]; window: WindowResult }> {
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
		const samples: Sample[] = [];
		let isOver = false;
		const recorded = generator.record((minutes / phases.length) * 60_000).finally(() => {
			isOver = true;
		});
		const began = performance.now();
		while (!isOver) {
			const sample = sampleOf(generator.pid, (performance.now() - began) / 60_000);
			samples.push(sample);
			console.error(
				`${name}: ${sample.minute.toFixed(2)} min, ${tenths(sample.rssMiB)} MiB, ${sample.files} open files`,
			);
			await Promise.race([sleep(SAMPLE_MS), recorded]);
		}
		return { samples, window: await recorded };
	} finally {
		await generator.close();
		await server.close();
	}
}

/** MiB a minute, with the 95 % interval of the slope (Student's t on the residuals). */
function growthOf(samples: readonly Sample[]): { readonly slope: number; readonly low: number; readonly high: number } {
	const { slope, standardError } = lineThrough(samples.map(({ minute, rssMiB }) => [minute, rssMiB]));
	const margin = criticalT(0.05, samples.length - 1) * standardError;
	return { slope, low: slope - margin, high: slope + margin };
}

function verdictOf({ low, high }: { readonly low: number; readonly high: number }): string {
	if (high < FLAT_MIB_PER_MINUTE) return "flat";
	return low > FLAT_MIB_PER_MINUTE ? "grows" : "cannot tell";
}

function rowOf({ name }: Phase, samples: readonly Sample[], window: WindowResult): (string | number)[] {
	const settled = samples.filter(({ minute }) => minute >= (SETTLE_SHARE * minutes) / phases.length);
	const [first, firstSettled, last] = [samples[0], settled[0], samples.at(-1)];
	if (first === undefined || firstSettled === undefined || last === undefined) throw new Error("there is no sample");
	const growth = growthOf(settled);
	return [
		name,
		whole(window.counts.ok),
		whole(window.tallies.missed ?? 0),
		`${firstSettled.files} → ${last.files}`,
		settled.length,
		[first, firstSettled, last].map(({ rssMiB }) => tenths(rssMiB)).join(" → "),
		`${growth.slope.toFixed(2)} [${growth.low.toFixed(2)} … ${growth.high.toFixed(2)}]`,
		verdictOf(growth),
	];
}

const rows: (string | number)[][] = [];
for (const phase of phases) {
	const { samples, window } = await measure(phase);
	rows.push(rowOf(phase, samples, window));
}
const lines = [
	...markdownTable(
		[
			"load, one window each",
			"answers",
			"missed",
			"open files, settled → at the end",
			"samples since settled",
			"RSS in MiB: at the start → settled → at the end",
			"MiB a minute since settled",
			"",
		],
		rows,
	),
	"",
	...paragraph(
		`${minutes} minutes in all; settled: after the first ${SETTLE_SHARE * 100} % of a window. In brackets the 95 % interval of the least-squares line`,
		`(neighbouring samples are not independent, so it is rather too narrow); "flat" where all of it is below ${FLAT_MIB_PER_MINUTE} MiB a minute.`,
		`${machineToday()}.`,
	),
];
console.log(lines.join("\n"));
if (write) writeIntoPage("bench-generator.md", "memory", lines);
process.exit(0);
