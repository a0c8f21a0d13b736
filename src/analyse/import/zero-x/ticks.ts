/**
 * From what V8's log processor makes of the log that 0x has V8 write to a call tree over one window. 0x itself drops
 * unknown leaves, so that self time moves to their callers, whatever they are, leaves inlined functions to their
 * callers, and shows no garbage collection. Here leaves get the owner that can be found for them, and the rest stays
 * "(unknown code)"; inlined functions are put back where the log says that V8 had them.
 */

import { CallTreeBuilder } from "#src/analyse/call-tree/call-tree.js";
import type { CallTree, TickCounts } from "#src/model/call-tree.js";
import type { AddressBook } from "./addresses.js";
import type { LoggedTick } from "./log.js";
import { type PreprocessedLog, vmStates } from "./preprocessed.js";
import { type ReadStack, StackReader } from "./stacks.js";

/** Both ends on the log's clock. */
export interface LogWindow {
	readonly fromUs: number;
	readonly toUs: number;
}

export interface WindowTicks {
	readonly tree: CallTree;
	readonly ticks: TickCounts;
	/** Busy ticks in V8's parser, compilers and its own logging. */
	readonly compiling: number;
	/** Busy ticks in V8's machinery for a JavaScript function (zero-x-builtins.ts), charged to that function. */
	readonly machinery: number;
	/** Busy ticks whose leaf 0x does not know, whether or not an owner was found for it here. */
	readonly leavesUnknownTo0x: number;
	/** Busy ticks of an inlined function that the log does not name: they stay with the function that holds it. */
	readonly inlineesUnknown: number;
}

/**
 * Builds the tree of the window.
 *
 * @param logged every tick line of the raw log: those in the window that `log` does not have are lost.
 */
export function ticksOfWindow(
	log: PreprocessedLog,
	logged: readonly LoggedTick[],
	window: LogWindow,
	owners: AddressBook,
): WindowTicks {
	const inWindow = (atUs: number): boolean => atUs >= window.fromUs && atUs <= window.toUs;
	const stacks = new StackReader(log, owners);
	const builder = new CallTreeBuilder();
	const count = {
		parsed: 0,
		idle: 0,
		garbageCollector: 0,
		unknown: 0,
		putBack: 0,
		compiling: 0,
		machinery: 0,
		leavesUnknownTo0x: 0,
		inlineesUnknown: 0,
	};
	for (const tick of log.ticks) {
		if (!inWindow(tick.tm)) continue;
		count.parsed++;
		if (stacks.isIdle(tick)) {
			count.idle++;
			continue;
		}
		const read = stacks.read(tick);
		if (tick.vm === vmStates.gc) count.garbageCollector++;
		else if (read.leaf === "state") count.compiling++;
		else if (read.leaf === "unknown") count.unknown++;
		else if (read.leaf === "machinery") count.machinery++;
		if (log.code[tick.s[0] ?? -1] === undefined) count.leavesUnknownTo0x++;
		if (read.stack.at(-1)?.putBack) count.putBack++;
		if (read.inlineeUnknown) count.inlineesUnknown++;
		addTick(builder, read);
	}
	// A log may end in the middle of a line, never the other way round; so this is not negative but for a broken file.
	const total = Math.max(logged.filter((tick) => inWindow(tick.atUs)).length, count.parsed);
	const { idle, garbageCollector, unknown, putBack, compiling, machinery, leavesUnknownTo0x, inlineesUnknown } = count;
	return {
		tree: builder.build(),
		ticks: {
			total,
			idle,
			busy: count.parsed - idle,
			garbageCollector,
			unknown,
			lost: total - count.parsed,
			ambiguous: 0,
			putBack,
		},
		compiling,
		machinery,
		leavesUnknownTo0x,
		inlineesUnknown,
	};
}

function addTick(builder: CallTreeBuilder, { stack }: ReadStack): void {
	let node = builder.root;
	for (const { frame, putBack } of stack) node = builder.child(node, frame, putBack);
	builder.addSelf(node, 1);
}
