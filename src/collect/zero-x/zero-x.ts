import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { drawingFailed, samplesLost, samplesMissed, unknownCode } from "#src/analyse/findings/zero-x.js";
import { addressBook, type ExecutableMapping, executableMappings } from "#src/analyse/import/zero-x/addresses.js";
import { LONG_LINE, onLogClock } from "#src/analyse/import/zero-x/log.js";
import { type LogWindow, ticksOfWindow, type WindowTicks } from "#src/analyse/import/zero-x/ticks.js";
import type { CollectContext, CollectedTree, Collector } from "#src/collect/collector.js";
import { KnownError } from "#src/errors.js";
import type { ProfileFinding } from "#src/model/finding.js";
import type { Window } from "#src/model/measurement.js";
import type { ProfileNote } from "#src/model/profile-note.js";
import { entryPoint } from "#src/process/entry-point.js";
import { startsNode } from "#src/target/command-line.js";
import type { RunningTarget } from "#src/target/target.js";
import { readOutputs, type ZeroXOutputs } from "./outputs.js";
import { FINISH_SIGNAL, OUTPUT_FOLDER, type RunnerPlan } from "./plan.js";

/** What is noted while the target runs, to find the window in the log afterwards. */
interface Watched {
	readonly measurement: Window;
	/** process.hrtime at both ends of the window. */
	readonly from: bigint;
	readonly to: bigint;
	readonly mappings: readonly ExecutableMapping[];
	readonly pid: number | null;
}

export interface ZeroXLimits {
	/** How long the target may take to end by itself, and again after SIGTERM. */
	readonly endStepMs: number;
	/** How long 0x may take to draw its flamegraph; without it the ticks are read all the same. */
	readonly renderLimitMs: number;
}

const DEFAULT_LIMITS: ZeroXLimits = { endStepMs: 1_500, renderLimitMs: 45_000 };
const FLAMEGRAPH = "flamegraph.html";

/** 0x has V8 log its ticks (--prof) over the target's whole life and draws them; here the window is cut out. */
export const zeroX: Collector<CollectedTree> = zeroXWith(DEFAULT_LIMITS);

export function zeroXWith(limits: ZeroXLimits): Collector<CollectedTree> {
	return {
		name: "0x",
		title: "0x",
		needsProcess: true,
		needsNode: true,
		seesEveryIsolate: false,

		async unavailable() {
			try {
				createRequire(import.meta.url).resolve("0x");
				return null;
			} catch {
				return { why: "the package 0x is not installed", fix: "npm install 0x" };
			}
		},

		async collect(context) {
			const workingDir = join(context.folder, "work");
			await mkdir(workingDir, { recursive: true });
			let node = process.execPath;
			let measured = false;
			const watched = await context.withTarget(
				{
					label: "0x",
					wrap: (argv) => {
						const plan = planOf(argv, workingDir, limits);
						node = plan.node;
						return [process.execPath, entryPoint("collect/zero-x/runner"), JSON.stringify(plan)];
					},
					requestEnd: async (target) => {
						// Without a measured window there is nothing worth drawing for.
						const worthDrawing = measured && !context.signal.aborted;
						if (worthDrawing) context.say("0x draws its flamegraph");
						if (target.startedPid !== null) process.kill(target.startedPid, worthDrawing ? FINISH_SIGNAL : "SIGTERM");
					},
					endGraceMs: 3 * limits.endStepMs + limits.renderLimitMs,
				},
				async (target) => {
					const seen = await watch(context, target);
					measured = true;
					return seen;
				},
			);
			context.say("reading 0x's ticks");
			const outputs = await readOutputs(workingDir, node);
			if (watched.pid !== null && outputs.pid !== watched.pid) throw otherProcess(outputs.pid, watched.pid);
			const files = await keepFlamegraph(context.folder, workingDir, outputs);
			await rm(workingDir, { recursive: true, force: true });
			return deliver(watched, outputs, files);
		},
	};
}

/** @throws KnownError COLLECTOR_FAILED where the command is not node: 0x starts node itself. */
function planOf(argv: readonly string[], workingDir: string, limits: ZeroXLimits): RunnerPlan {
	const [node = "", ...rest] = argv;
	if (!startsNode(argv)) {
		throw new KnownError({
			code: "COLLECTOR_FAILED",
			what: `0x cannot run ${basename(node) || "an empty command"}`,
			why: "it starts node itself and takes only commands of the form node server.js",
			fix: "name the script that the command starts, or leave 0x out: --with v8",
		});
	}
	const title = "0x, the whole life of the target";
	return { node, argv: rest, workingDir, title, ...limits };
}

async function watch(context: CollectContext, target: RunningTarget): Promise<Watched> {
	let from = 0n;
	let to = 0n;
	let mappings: readonly ExecutableMapping[] = [];
	const measurement = await context.measure(target, {
		onWindowOpens: async () => {
			from = process.hrtime.bigint();
		},
		onWindowClosed: async () => {
			to = process.hrtime.bigint();
			mappings = await readMappings(target.pid);
		},
	});
	return { measurement, from, to, mappings, pid: target.pid };
}

/** Only Linux tells them; elsewhere copies of builtins stay unknown code. */
async function readMappings(pid: number | null): Promise<ExecutableMapping[]> {
	if (pid === null) return [];
	return executableMappings(await readFile(`/proc/${pid}/maps`, "utf8").catch(() => ""));
}

async function keepFlamegraph(
	folder: string,
	workingDir: string,
	outputs: ZeroXOutputs,
): Promise<CollectedTree["files"]> {
	if (outputs.drawing.kind === "failed") return [];
	await rename(join(workingDir, OUTPUT_FOLDER, FLAMEGRAPH), join(folder, FLAMEGRAPH));
	return [{ title: "0x's own flamegraph (whole life of the target)", path: FLAMEGRAPH }];
}

function deliver(watched: Watched, outputs: ZeroXOutputs, files: CollectedTree["files"]): CollectedTree {
	const { facts, log, drawing } = outputs;
	if (facts.clockOffsetUs === null) throw new RangeError("a log without clock marks");
	const window: LogWindow = {
		fromUs: onLogClock(watched.from, facts.clockOffsetUs),
		toUs: onLogClock(watched.to, facts.clockOffsetUs),
	};
	const cut = ticksOfWindow(log, facts.ticks, window, addressBook(facts, watched.mappings));
	if (cut.ticks.total === 0) {
		throw new KnownError({
			code: "COLLECTOR_FAILED",
			what: "V8 took no ticks for 0x in the measured window",
			fix: "measure longer (--duration)",
		});
	}
	const intervalUs = facts.samplingIntervalUs ?? 1_000;
	const longLines = facts.ticks.filter(
		(tick) => tick.length >= LONG_LINE && tick.atUs >= window.fromUs && tick.atUs <= window.toUs,
	).length;
	const loss = { ticks: cut.ticks, longLines, nominal: (window.toUs - window.fromUs) / intervalUs };
	const findings = [
		samplesLost(loss),
		samplesMissed(loss),
		unknownCode(cut),
		drawing.kind === "failed" ? drawingFailed(drawing.why) : null,
	].filter((finding): finding is ProfileFinding => finding !== null);
	return {
		measurement: watched.measurement,
		tree: cut.tree,
		ticks: cut.ticks,
		files,
		notes: notesOf(cut, intervalUs, loss.nominal),
		findings,
	};
}

function notesOf(cut: WindowTicks, intervalUs: number, nominalTicks: number): ProfileNote[] {
	const { ticks, compiling, machinery, leavesUnknownTo0x, inlineesUnknown } = cut;
	return [
		{ kind: "V8 log", intervalUs, ticks: ticks.total, nominalTicks },
		{ kind: "0x draws the whole life" },
		{ kind: "V8's own ticks", busy: ticks.busy, garbageCollector: ticks.garbageCollector, compiling },
		{ kind: "machinery", ticks: machinery },
		{ kind: "unknown tops", to0x: leavesUnknownTo0x, still: ticks.unknown },
		{ kind: "0x without optimised sources" },
		{ kind: "inlined by the log", ticks: ticks.putBack, unnamed: inlineesUnknown },
	];
}

const otherProcess = (profiled: number, listening: number): KnownError =>
	new KnownError({
		code: "COLLECTOR_FAILED",
		what: `0x profiled process ${profiled}, but the server is process ${listening}`,
		why: "the command starts its server in a child process",
		fix: "name the script of the server itself, or leave 0x out: --with v8",
	});
