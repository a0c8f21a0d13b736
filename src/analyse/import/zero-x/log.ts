/**
 * What V8's own log (--prof) tells beside 0x's reading of it: when every tick was taken, including those that 0x drops;
 * how its clock relates to ours; where builtins and libraries lie. One pass, one line at a time, since the log of a
 * long run is large.
 */

/** A stretch of addresses with a name; `end` is exclusive. */
export interface AddressRange {
	readonly start: number;
	readonly end: number;
	readonly name: string;
}

/** Code of V8's own that lies in the node binary. */
export interface BuiltinRange extends AddressRange {
	/** True for a piece of the interpreter: it runs the bytecode of the function that stands on the stack. */
	readonly interpreter: boolean;
}

/** A tick line, as far as it matters here. */
export interface LoggedTick {
	/** Time on the log's clock, which starts with the isolate. */
	readonly atUs: number;
	/** Characters of the line; 0x drops those of LONG_LINE and more. */
	readonly length: number;
}

export interface V8LogFacts {
	/** As logged: 11.3.244.8 */
	readonly v8Version: string | null;
	readonly samplingIntervalUs: number | null;
	readonly ticks: readonly LoggedTick[];
	/** Tick lines without a readable time, e.g. the last one of a killed process. */
	readonly unreadableTicks: number;
	/** Log time minus process.hrtime: the smallest seen, since a mark is logged a little after its time was read. */
	readonly clockOffsetUs: number | null;
	/** Embedded builtins, at the address they have in the node binary. */
	readonly builtins: readonly BuiltinRange[];
	readonly libraries: readonly AddressRange[];
}

/** 0x's own preparation of the log keeps only lines shorter than this (lib/v8-log-to-ticks.js). */
export const LONG_LINE = 1_024;

/**
 * Whether V8's log processor is to see a line. Long ticks are what 0x loses, and are counted as lost; other long lines
 * hold the source positions of large functions. Sources are not needed: positions are only looked up in tables.
 */
export const isForLogProcessor = (line: string): boolean =>
	!line.startsWith("script-source,") && !(line.startsWith("tick,") && line.length >= LONG_LINE);

/**
 * File names of this form are compiled inside the target so that they appear in the log beside the log's own time. The
 * number is process.hrtime (the machine's monotonic clock, the same for all processes) in nanoseconds.
 */
export const CLOCK_MARK = "az-prof-clock-";
const clockMark = new RegExp(`${CLOCK_MARK}(\\d+)`);

/** Reads a V8 log line by line. Fields that it cannot understand are left out rather than guessed. */
export class V8LogReader {
	#v8Version: string | null = null;
	#samplingIntervalUs: number | null = null;
	#clockOffsetUs: number | null = null;
	#unreadableTicks = 0;
	readonly #ticks: LoggedTick[] = [];
	readonly #builtins: BuiltinRange[] = [];
	readonly #libraries: AddressRange[] = [];

	add(line: string): void {
		if (line.startsWith("tick,")) this.#tick(line);
		else if (line.startsWith("code-creation,")) this.#codeCreation(line);
		else if (line.startsWith("shared-library,")) this.#library(line);
		else if (line.startsWith("profiler,begin,")) this.#samplingIntervalUs = Number(line.split(",")[2]);
		else if (line.startsWith("v8-version,")) this.#v8Version = line.split(",").slice(1, 5).join(".");
	}

	facts(): V8LogFacts {
		return {
			v8Version: this.#v8Version,
			samplingIntervalUs: this.#samplingIntervalUs,
			ticks: this.#ticks,
			unreadableTicks: this.#unreadableTicks,
			clockOffsetUs: this.#clockOffsetUs === null ? null : this.#clockOffsetUs,
			builtins: this.#builtins,
			libraries: this.#libraries,
		};
	}

	/** tick,<pc>,<µs>,<external>,<top of stack>,<state>,<stack…> */
	#tick(line: string): void {
		const fields = line.split(",", 6);
		const atUs = Number(fields[2]);
		if (fields.length < 6 || fields[2] === "" || !Number.isFinite(atUs)) this.#unreadableTicks++;
		else this.#ticks.push({ atUs, length: line.length });
	}

	/** code-creation,<type>,<kind>,<µs>,<address>,<size>,<name…> */
	#codeCreation(line: string): void {
		const fields = line.split(",", 7);
		const [, type, , at, address, size, name] = fields;
		if (type === "Builtin" || type === "BytecodeHandler") {
			const start = Number(address);
			const end = start + Number(size);
			if (end > start) {
				this.#builtins.push({ start, end, name: name ?? "", interpreter: type === "BytecodeHandler" });
			}
			return;
		}
		const mark = clockMark.exec(name ?? "");
		if (mark?.[1] === undefined) return;
		const offset = Number(at) - Number(BigInt(mark[1])) / 1e3;
		if (Number.isFinite(offset)) this.#clockOffsetUs = Math.min(this.#clockOffsetUs ?? offset, offset);
	}

	/** shared-library,<path>,<start>,<end>,<slide> */
	#library(line: string): void {
		const match = /^shared-library,"?(.*?)"?,(0x[0-9a-f]+),(0x[0-9a-f]+),/i.exec(line);
		if (match?.[1] === undefined) return;
		this.#libraries.push({ name: match[1], start: Number(match[2]), end: Number(match[3]) });
	}
}

/** A process.hrtime on the log's clock. */
export const onLogClock = (hrtimeNs: bigint, clockOffsetUs: number): number => Number(hrtimeNs) / 1e3 + clockOffsetUs;
