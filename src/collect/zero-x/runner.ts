/**
 * Runs 0x, which starts the target itself, in a process (and process group) of its own: 0x prints, listens to signals
 * and deletes files in its working directory.
 *
 * FINISH_SIGNAL ends the target and lets 0x draw. A target that does not end is sent SIGTERM, then SIGKILL; its log is
 * readable all the same. SIGTERM ends target and runner at once. A target that ends unasked ends the runner, with its
 * exit code.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { CLOCK_MARK } from "#src/analyse/import/zero-x/log.js";
import { messageOf } from "#src/errors.js";
import { FINISH_SIGNAL, isIsolateLog, OUTPUT_FOLDER, RESULT_FILE, type RunnerPlan, type RunnerResult } from "./plan.js";

/** The part of 0x's options that we use. It writes the target's `pid` into the object it was given. */
interface ZeroXOptions {
	argv: string[];
	workingDir: string;
	outputDir: string;
	pathToNodeBinary: string;
	title: string;
	quiet: boolean;
	onProcessExit: (code: number | null) => void;
	pid?: number;
}
type ZeroX = (options: ZeroXOptions) => Promise<unknown>;

const DRAIN_MS = 2_000;

const plan = JSON.parse(process.argv[2] ?? "") as RunnerPlan;
const zeroX = createRequire(import.meta.url)("0x") as ZeroX;

const inTarget = new URL(`./in-target.js?runner=${process.pid}`, import.meta.url).href;
let finishing = false;
let targetEnded = false;

const options: ZeroXOptions = {
	// 0x has V8 print the source of everything it optimises, a character per system call: half of the ticks of a server
	// that is not yet warm are then of that (measured). It only serves 0x's marks for inlinable functions.
	argv: ["--no-print-opt-source", "--import", inTarget, ...plan.argv],
	workingDir: plan.workingDir,
	outputDir: OUTPUT_FOLDER,
	pathToNodeBinary: plan.node,
	title: plan.title,
	quiet: true,
	onProcessExit: beforeDrawing,
};

process.on(FINISH_SIGNAL, finish);
process.on("SIGTERM", () => {
	killTarget("SIGKILL");
	process.exit(143);
});

zeroX(options).then(
	() => {
		writeResult({ kind: "rendered" });
		// Whatever 0x still writes may be finished, but no handle of its may keep us.
		setTimeout(() => process.exit(0), DRAIN_MS).unref();
	},
	(error: unknown) => {
		killTarget("SIGKILL");
		writeResult({ kind: "failed", why: messageOf(error) });
		process.exit(1);
	},
);

function finish(): void {
	if (finishing || targetEnded) return;
	finishing = true;
	// The first SIGINT makes 0x close the target's lifeline; this one is delivered to 0x's listeners only.
	process.emit("SIGINT", "SIGINT");
	setTimeout(() => killTarget("SIGTERM"), plan.endStepMs).unref();
	setTimeout(() => killTarget("SIGKILL"), 2 * plan.endStepMs).unref();
}

function killTarget(signal: NodeJS.Signals): void {
	if (targetEnded || options.pid === undefined) return;
	try {
		process.kill(options.pid, signal);
	} catch {
		// It ended in the meantime.
	}
}

/** 0x calls this when the target has ended, before it looks for the log. */
function beforeDrawing(code: number | null): void {
	targetEnded = true;
	// A target that ended unasked has nothing to draw: pass its exit on at once.
	if (!finishing) process.exit(code ?? 1);
	setAsideOtherIsolates();
	// From here on 0x deletes isolate logs in the current directory, which until now had to be the target's.
	process.chdir(plan.workingDir);
	setTimeout(() => {
		writeResult({ kind: "failed", why: `it took more than ${plan.renderLimitMs / 1e3} s` });
		process.exit(1);
	}, plan.renderLimitMs).unref();
}

/** Every worker thread has a log of its own, and 0x takes the first it finds. Only the main thread's has our marks. */
function setAsideOtherIsolates(): void {
	const logs = readdirSync(plan.workingDir).filter((name) => isIsolateLog(name));
	if (logs.length < 2) return;
	const aside = join(plan.workingDir, "workers");
	mkdirSync(aside);
	for (const name of logs) {
		const path = join(plan.workingDir, name);
		if (!readFileSync(path).includes(CLOCK_MARK)) renameSync(path, join(aside, name));
	}
}

function writeResult(result: RunnerResult): void {
	writeFileSync(join(plan.workingDir, RESULT_FILE), JSON.stringify(result));
}
