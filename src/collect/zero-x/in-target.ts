/**
 * Loaded into the target before everything else (--import). It puts marks into V8's log by which the log's clock can be
 * read, and ends the process when 0x lets go of the pipe that it keeps open: that works whatever the target does with
 * signals, and also when the runner dies.
 *
 * Worker threads inherit --import and children made with fork() inherit all of the flags; neither has the pipe.
 */
import { Socket } from "node:net";
import { Script } from "node:vm";
import { isMainThread } from "node:worker_threads";
import { CLOCK_MARK } from "#src/analyse/import/zero-x/log.js";
import { LIFELINE_FD } from "./plan.js";

const CLOCK_MARKS = 5;

if (isMainThread && String(process.ppid) === new URL(import.meta.url).searchParams.get("runner")) {
	// A target may replace process.exit later.
	const exit = process.exit.bind(process);
	for (let i = 0; i < CLOCK_MARKS; i++) {
		new Script("0", { filename: `${CLOCK_MARK}${process.hrtime.bigint()}` }).runInThisContext();
	}
	const lifeline = new Socket({ fd: LIFELINE_FD, readable: true, writable: false });
	lifeline.on("error", () => {});
	lifeline.on("close", () => exit(0));
	lifeline.resume();
	lifeline.unref();
}
