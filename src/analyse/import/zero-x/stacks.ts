import type { Frame } from "#src/model/call-tree.js";
import type { AddressBook } from "./addresses.js";
import { isMachinery } from "./builtins.js";
import { frameOf, frameOfCode, frameOfFunction, frameOfOwner, withoutVersion } from "./frames.js";
import { InlinedFunctions } from "./inlined.js";
import { type PreprocessedLog, type Tick, vmStates } from "./preprocessed.js";

/** A frame of a stack; `putBack` where V8 had inlined it into the one before. */
export interface PlacedFrame {
	readonly frame: Frame;
	readonly putBack: boolean;
}

export interface ReadStack {
	/** Outermost first, never empty. */
	readonly stack: readonly PlacedFrame[];
	/** How the leaf was come by. */
	readonly leaf: "state" | "own" | "machinery" | "unknown";
	/** The leaf was inlined into a function that the log does not name: the tick stays with the one that holds it. */
	readonly inlineeUnknown: boolean;
}

const stateFrames = new Map<number, Frame>(
	Object.entries({
		"(parser)": vmStates.parser,
		"(bytecode compiler)": vmStates.bytecodeCompiler,
		"(compiler)": vmStates.compiler,
		"(logging)": vmStates.logging,
	}).map(([name, state]) => [state, frameOf(name, "engine")]),
);
const sampled = (frame: Frame): PlacedFrame => ({ frame, putBack: false });
const collectorFrame = sampled(frameOf("(garbage collector)", "collector"));
const unknownFrame = sampled(frameOf("(unknown code)", "unknown"));

/** What one entry of a tick's stack stands for: a function and what V8 had inlined there. */
interface Entry {
	readonly frames: readonly PlacedFrame[];
	readonly innermostUnknown: boolean;
}
const noEntry: Entry = { frames: [], innermostUnknown: false };

/** Reads ticks into stacks of functions. */
export class StackReader {
	readonly #log: PreprocessedLog;
	readonly #owners: AddressBook;
	readonly #codeFrames = new Map<number, PlacedFrame>();
	readonly #inlined = new Map<number, InlinedFunctions>();
	readonly #functionFrames = new Map<number, PlacedFrame>();

	constructor(log: PreprocessedLog, owners: AddressBook) {
		this.#log = log;
		this.#owners = owners;
	}

	/**
	 * Node marks V8 as idle for the whole poll phase, in which it also reads and parses what has come in; only waiting
	 * is idle. A library without symbols, or no symbol at all, counts as waiting too.
	 */
	isIdle(tick: Tick): boolean {
		if (tick.vm !== vmStates.idle) return false;
		const code = this.#log.code[tick.s[0] ?? -1];
		if (code === undefined) return this.#owners(tick.s[1] ?? 0) === undefined;
		if (code.type === "SHARED_LIB") return !code.name.startsWith("[vdso");
		return /^_*(epoll_p?wait|kevent|p?poll|select)\d*$/.test(withoutVersion(code.name));
	}

	read(tick: Tick): ReadStack {
		// A collection is nobody's: it stops whoever runs. So it stands at the root, as in V8's own profiles.
		if (tick.vm === vmStates.gc) return { stack: [collectorFrame], leaf: "state", inlineeUnknown: false };
		const callers = this.#callers(tick);
		const state = stateFrames.get(tick.vm);
		if (state !== undefined) {
			return { stack: [...callers.frames, sampled(state)], leaf: "state", inlineeUnknown: false };
		}
		const top = this.#entry(tick.s[0] ?? -1, tick.s[1] ?? 0);
		if (top.frames.length === 0) {
			return { stack: [...callers.frames, unknownFrame], leaf: "unknown", inlineeUnknown: false };
		}
		if (callers.frames.length > 0 && this.#runsForCaller(tick)) {
			return { stack: callers.frames, leaf: "machinery", inlineeUnknown: callers.innermostUnknown };
		}
		return { stack: [...callers.frames, ...top.frames], leaf: "own", inlineeUnknown: top.innermostUnknown };
	}

	/** All but the leaf. A caller that nobody knows is left out; it says nothing. */
	#callers(tick: Tick): Entry {
		const frames: PlacedFrame[] = [];
		let innermost = noEntry;
		for (let at = tick.s.length - 2; at >= 2; at -= 2) {
			// A caller's address is the one it returns to, right after its call.
			const entry = this.#entry(tick.s[at] ?? -1, (tick.s[at + 1] ?? 0) - 1);
			if (entry.frames.length > 0) innermost = entry;
			frames.push(...entry.frames);
		}
		return { frames, innermostUnknown: innermost.innermostUnknown };
	}

	/** Whether the leaf is a piece of V8 that runs the bytecode or an operation of the function below it. */
	#runsForCaller(tick: Tick): boolean {
		const code = this.#log.code[tick.s[0] ?? -1];
		if (code?.kind === "BytecodeHandler") return true;
		if (code !== undefined) return code.kind === "Builtin" && isMachinery(code.name);
		const owner = this.#owners(tick.s[1] ?? 0);
		return owner?.kind === "builtin" && (owner.interpreter || isMachinery(owner.name));
	}

	/** @param position in the code, or the address where the log has none */
	#entry(index: number, position: number): Entry {
		const code = this.#log.code[index];
		if (code === undefined) {
			const frame = frameOfOwner(this.#owners(position));
			return frame === undefined ? noEntry : { frames: [sampled(frame)], innermostUnknown: false };
		}
		const outermost = cached(this.#codeFrames, index, () => sampled(frameOfCode(code)));
		const { source } = code;
		if (source === undefined || source.inlined === "") return { frames: [outermost], innermostUnknown: false };
		const chain = cached(this.#inlined, index, () => new InlinedFunctions(source)).at(position);
		const known = chain.flatMap((func) => this.#inlinee(func) ?? []);
		return {
			frames: [outermost, ...known],
			innermostUnknown: chain.length > 0 && this.#inlinee(chain.at(-1) ?? null) === undefined,
		};
	}

	#inlinee(func: number | null): PlacedFrame | undefined {
		const name = func === null ? undefined : this.#log.functions[func]?.name;
		if (func === null || name === undefined) return undefined;
		return cached(this.#functionFrames, func, () => ({ frame: frameOfFunction(name), putBack: true }));
	}
}

function cached<Value>(known: Map<number, Value>, key: number, make: () => Value): Value {
	let value = known.get(key);
	if (value === undefined) {
		value = make();
		known.set(key, value);
	}
	return value;
}
