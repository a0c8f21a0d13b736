/**
 * From what 0x has V8's log processor make of the log (`node --prof-process --preprocess`) to a call tree over one
 * window. 0x itself drops unknown leaves, so that self time moves to their callers, whatever they are, and shows no
 * garbage collection. Here leaves get the owner that can be found for them, and the rest stays "(unknown code)".
 */
import { z } from "zod";
import type { CallTree, Frame, TickCounts } from "../model/call-tree.js";
import type { Microseconds } from "../units.js";
import { CallTreeBuilder } from "./call-tree.js";
import { describeFrame } from "./frame-kind.js";
import type { AddressBook, AddressOwner } from "./zero-x-addresses.js";
import { isMachinery } from "./zero-x-builtins.js";
import type { LoggedTick } from "./zero-x-log.js";

const codeSchema = z.object({
	name: z.string(),
	/** JS, CODE, CPP, SHARED_LIB */
	type: z.string().optional(),
	/** Tier of JS code; Builtin, BytecodeHandler, RegExp … of V8's own. */
	kind: z.string().optional(),
});

export const preprocessedLogSchema = z.object({
	code: z.array(codeSchema),
	ticks: z.array(
		z.object({
			/** µs on the log's clock. */
			tm: z.number(),
			/** V8's state, see vmStates. */
			vm: z.number(),
			/** Pairs from the leaf outwards: index into `code` and position in it, or −1 and the address. */
			s: z.array(z.number()),
		}),
	),
});
export type PreprocessedLog = z.infer<typeof preprocessedLogSchema>;
type Code = PreprocessedLog["code"][number];
type Tick = PreprocessedLog["ticks"][number];

/** Both ends on the log's clock. */
export interface LogWindow {
	readonly from: Microseconds;
	readonly to: Microseconds;
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
}

/** V8's StateTag (v8-unwinder.h), the same in Node 20 to 24. */
const vmStates = { gc: 1, parser: 2, bytecodeCompiler: 3, compiler: 4, idle: 8, logging: 9 } as const;
const stateFrames = new Map<number, Frame>(
	Object.entries({
		"(parser)": vmStates.parser,
		"(bytecode compiler)": vmStates.bytecodeCompiler,
		"(compiler)": vmStates.compiler,
		"(logging)": vmStates.logging,
	}).map(([name, state]) => [state, frameOf(name, "engine")]),
);
const collectorFrame = frameOf("(garbage collector)", "engine");
const unknownFrame = frameOf("(unknown code)", "unknown");

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
	const inWindow = (at: number): boolean => at >= window.from && at <= window.to;
	const stacks = new StackReader(log.code, owners);
	const builder = new CallTreeBuilder();
	const count = {
		parsed: 0,
		idle: 0,
		garbageCollector: 0,
		unknown: 0,
		compiling: 0,
		machinery: 0,
		leavesUnknownTo0x: 0,
	};
	for (const tick of log.ticks) {
		if (!inWindow(tick.tm)) continue;
		count.parsed++;
		if (stacks.isIdle(tick)) {
			count.idle++;
			continue;
		}
		const { stack, leaf } = stacks.read(tick);
		if (tick.vm === vmStates.gc) count.garbageCollector++;
		else if (leaf === "state") count.compiling++;
		else if (leaf === "unknown") count.unknown++;
		else if (leaf === "machinery") count.machinery++;
		if (log.code[tick.s[0] ?? -1] === undefined) count.leavesUnknownTo0x++;
		builder.addStack(stack, 1);
	}
	// A log may end in the middle of a line, never the other way round; so this is not negative but for a broken file.
	const total = Math.max(logged.filter((tick) => inWindow(tick.at)).length, count.parsed);
	return {
		tree: builder.build(),
		ticks: {
			total,
			idle: count.idle,
			busy: count.parsed - count.idle,
			garbageCollector: count.garbageCollector,
			unknown: count.unknown,
			lost: total - count.parsed,
			ambiguous: 0,
			putBack: 0,
		},
		compiling: count.compiling,
		machinery: count.machinery,
		leavesUnknownTo0x: count.leavesUnknownTo0x,
	};
}

class StackReader {
	readonly #code: readonly Code[];
	readonly #owners: AddressBook;
	readonly #frames = new Map<number, Frame>();

	constructor(code: readonly Code[], owners: AddressBook) {
		this.#code = code;
		this.#owners = owners;
	}

	/**
	 * Node marks V8 as idle for the whole poll phase, in which it also reads and parses what has come in; only waiting
	 * is idle. A library without symbols, or no symbol at all, counts as waiting too.
	 */
	isIdle(tick: Tick): boolean {
		if (tick.vm !== vmStates.idle) return false;
		const code = this.#code[tick.s[0] ?? -1];
		if (code === undefined) return this.#owners(tick.s[1] ?? 0) === undefined;
		if (code.type === "SHARED_LIB") return !code.name.startsWith("[vdso");
		return /^_*(epoll_p?wait|kevent|p?poll|select)\d*$/.test(withoutVersion(code.name));
	}

	/** Who the tick belongs to, and how its leaf was come by. */
	read(tick: Tick): { readonly stack: readonly Frame[]; readonly leaf: "state" | "own" | "machinery" | "unknown" } {
		// A collection is nobody's: it stops whoever runs. So it stands at the root, as in V8's own profiles.
		if (tick.vm === vmStates.gc) return { stack: [collectorFrame], leaf: "state" };
		const callers = this.#callers(tick);
		const state = stateFrames.get(tick.vm);
		if (state !== undefined) return { stack: [...callers, state], leaf: "state" };
		const frame = this.#frame(tick.s[0] ?? -1, tick.s[1] ?? 0);
		if (frame === undefined) return { stack: [...callers, unknownFrame], leaf: "unknown" };
		if (callers.length > 0 && this.#runsForCaller(tick)) return { stack: callers, leaf: "machinery" };
		return { stack: [...callers, frame], leaf: "own" };
	}

	/** Outermost first. A caller that nobody knows is left out; it says nothing. */
	#callers(tick: Tick): Frame[] {
		const callers: Frame[] = [];
		for (let at = 2; at < tick.s.length; at += 2) {
			const frame = this.#frame(tick.s[at] ?? -1, tick.s[at + 1] ?? 0);
			if (frame !== undefined) callers.push(frame);
		}
		return callers.reverse();
	}

	/** Whether the leaf is a piece of V8 that runs the bytecode or an operation of the function below it. */
	#runsForCaller(tick: Tick): boolean {
		const code = this.#code[tick.s[0] ?? -1];
		if (code?.kind === "BytecodeHandler") return true;
		if (code !== undefined) return code.kind === "Builtin" && isMachinery(code.name);
		const owner = this.#owners(tick.s[1] ?? 0);
		return owner?.kind === "builtin" && (owner.interpreter || isMachinery(owner.name));
	}

	#frame(index: number, address: number): Frame | undefined {
		const code = this.#code[index];
		if (code === undefined) return frameOfOwner(this.#owners(address));
		let frame = this.#frames.get(index);
		if (frame === undefined) {
			frame = frameOfCode(code);
			this.#frames.set(index, frame);
		}
		return frame;
	}
}

function frameOf(name: string, kind: Frame["kind"]): Frame {
	return { name, file: null, line: null, column: null, kind, package: null };
}

const nativeIn = (library: string): Frame => frameOf(`(native code in ${library})`, "native");

function frameOfOwner(owner: AddressOwner | undefined): Frame | undefined {
	switch (owner?.kind) {
		case undefined:
			return undefined;
		case "builtin":
			return frameOf(owner.name, "engine");
		case "native":
			return nativeIn(owner.library);
	}
}

/** The frame of one piece of code as V8's log processor names it. */
export function frameOfCode(code: Code): Frame {
	switch (code.type) {
		case "JS":
			return describeFrame(placeOfName(code.name));
		case "SHARED_LIB":
			return nativeIn(code.name.split(/[\\/]/).at(-1) ?? code.name);
		case "CPP": {
			const name = withoutVersion(code.name);
			return frameOf(name, /(^|[\s<(])v8::internal::/.test(name) ? "engine" : "native");
		}
		default:
			return frameOf(code.kind === "RegExp" ? `RegExp /${code.name}/` : code.name, "engine");
	}
}

const withoutVersion = (symbol: string): string => symbol.replace(/@@?[A-Z][\w.]*$/, "");

/**
 * Splits "name url:line:column". Both the name and the url may be missing or hold spaces; so the url begins at the first
 * thing that looks like one.
 */
export function placeOfName(text: string): { name: string; url: string; line: number | null; column: number | null } {
	const match = /^(.*?):(\d+):(\d+)$/s.exec(text);
	if (match === null) return { name: text, url: "", line: null, column: null };
	const [, before = "", line, column] = match;
	const start =
		/ (?=\/|[A-Za-z]:[\\/]|[a-z][a-z0-9+.-]*:|\[|evalmachine)/.exec(before)?.index ?? before.lastIndexOf(" ");
	return {
		name: before.slice(0, Math.max(start, 0)),
		url: before.slice(start + 1),
		line: Number(line),
		column: Number(column),
	};
}
