/**
 * The load generator's process. It does what its parent says over Node's IPC channel and ends when that closes, however
 * the parent went. Left without a word for a long time it stops the load by itself.
 */

import type { Command, LoadFailure, Reply } from "#src/load/order/ipc-messages.js";
import { createLoop } from "./create-loop.js";
import { LoadFailed } from "./load-failed.js";
import type { Loop } from "./loop.js";
import { Slices } from "./slices.js";

const LEASH_MS = 10 * 60_000;

let loop: Loop | null = null;
let slices: Slices | null = null;
let leash: NodeJS.Timeout | undefined;

const say = (reply: Reply): void => {
	process.send?.(reply);
};

process.on("disconnect", () => process.exit(0));
process.on("message", (message: Command) => {
	tighten(message.kind === "record" ? message.durationMs : message.kind === "slice" ? message.end.durationMs : 0);
	obey(message).catch((error: unknown) => {
		const failure: LoadFailure =
			error instanceof LoadFailed ? error.failure : { kind: "state", message: String(error) };
		say({ kind: "failed", id: message.id, failure });
	});
});
say({ kind: "ready" });

async function obey(command: Command): Promise<void> {
	const { id } = command;
	switch (command.kind) {
		case "begin":
			await begin(command.order);
			return say({ kind: "done", id });
		case "progress":
			return say({ kind: "progress", id, progress: running().recording.progress() });
		case "record":
			if (running().recording.isOpen) throw new Error("a window is open already");
			return running().recording.open(
				command.durationMs,
				(index, blocks) => say({ kind: "second", index, blocks }),
				(window) => say({ kind: "window", id, window }),
			);
		case "caughtUp":
			await running().recording.caughtUp();
			return say({ kind: "done", id });
		case "cut":
			loop?.recording.cut();
			return say({ kind: "done", id });
		case "beginSlices":
			if (loop !== null || slices !== null) throw new Error("a load is running already");
			slices = new Slices(command.orders);
			return say({ kind: "done", id });
		case "slice":
			if (slices === null) throw new Error("there is nothing to load in slices");
			return say({ kind: "slice", id, slice: await slices.run(command.target, command.end) });
		case "end":
			await end();
			return say({ kind: "done", id });
	}
}

async function begin(order: Extract<Command, { kind: "begin" }>["order"]): Promise<void> {
	if (loop !== null || slices !== null) throw new Error("a load is running already");
	try {
		loop = createLoop(order);
		await loop.open();
	} catch (error) {
		await end();
		throw error;
	}
}

async function end(): Promise<void> {
	const ending = loop ?? slices;
	loop = null;
	slices = null;
	await ending?.stop();
}

function running(): Loop {
	if (loop === null) throw new Error("no load is running");
	return loop;
}

function tighten(extraMs: number): void {
	clearTimeout(leash);
	leash = setTimeout(() => void end(), LEASH_MS + extraMs);
	leash.unref();
}
