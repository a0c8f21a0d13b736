import * as z from "zod";
import { pathOfUrl } from "#src/analyse/call-tree/frame-kind.js";
import { KnownError } from "#src/errors.js";
import type { Frame } from "#src/model/call-tree.js";

/** Where a function stands in its file; lines and columns count from 1, the end is just behind its last character. */
export interface FunctionRange {
	readonly name: string;
	readonly startLine: number;
	readonly startColumn: number;
	readonly endLine: number;
	readonly endColumn: number;
	/** Functions written directly inside it. */
	readonly inner: readonly FunctionRange[];
}

/** Every function of the scripts that a target had loaded. */
export interface FunctionRanges {
	/** The range of a function as the profiler names it, or null where it is not known. */
	of(frame: Frame): FunctionRange | null;
}

const rangeSchema = z.object({
	name: z.string(),
	startLine: z.number(),
	startColumn: z.number(),
	endLine: z.number(),
	endColumn: z.number(),
});
const fileSchema = z.object({ scripts: z.array(z.object({ url: z.string(), functions: z.array(rangeSchema) })) });
type FlatRange = z.infer<typeof rangeSchema>;
type NestedRange = FlatRange & { inner: NestedRange[] };

/**
 * Reads what the agent's cpu.functions wrote, in one isolate or in several that run parts of the same code.
 *
 * @throws KnownError COLLECTOR_FAILED when it has another form
 */
export function parseFunctionRanges(...lists: readonly unknown[]): FunctionRanges {
	const scripts = new Map<string, { readonly path: string; readonly functions: Map<string, FlatRange> }>();
	for (const list of lists) addFunctions(list, scripts);
	const outermost = new Map<string, NestedRange[]>();
	for (const { path, functions } of scripts.values()) {
		outermost.set(path, [...(outermost.get(path) ?? []), ...nest([...functions.values()])]);
	}
	return { of: (frame) => find(outermost, frame) };
}

/** Each function once, however many isolates have it. Scripts that share a path within one isolate stay apart. */
function addFunctions(
	json: unknown,
	scripts: Map<string, { readonly path: string; readonly functions: Map<string, FlatRange> }>,
): void {
	const parsed = fileSchema.safeParse(json);
	if (!parsed.success) {
		throw new KnownError({
			code: "COLLECTOR_FAILED",
			what: "the list of the target's functions cannot be read",
			why: parsed.error.issues[0]?.message ?? "it has another form",
		});
	}
	const seen = new Map<string, number>();
	for (const { url, functions } of parsed.data.scripts) {
		const path = pathOfUrl(url) ?? url;
		const ordinal = seen.get(path) ?? 0;
		seen.set(path, ordinal + 1);
		const key = `${path}\0${ordinal}`;
		const script = scripts.get(key) ?? { path, functions: new Map<string, FlatRange>() };
		for (const range of functions) {
			const { name, startLine, startColumn, endLine, endColumn } = range;
			script.functions.set([startLine, startColumn, endLine, endColumn, name].join(" "), range);
		}
		scripts.set(key, script);
	}
}

/**
 * Whether a tick on `line` may belong to the function itself: the line is inside it, and not wholly inside a function
 * written within it. On the first and the last line of an inner function both may have code.
 */
export function ownsLine(range: FunctionRange, line: number): boolean {
	return (
		range.startLine <= line &&
		line <= range.endLine &&
		!range.inner.some(({ startLine, endLine }) => startLine < line && line < endLine)
	);
}

function nest(functions: readonly FlatRange[]): NestedRange[] {
	const outer: NestedRange[] = [];
	const open: NestedRange[] = [];
	const sorted = functions
		.map((range): NestedRange => ({ ...range, inner: [] }))
		.sort((a, b) => compareStart(a, b) || compareEnd(b, a));
	for (const range of sorted) {
		while (open.length > 0 && compareEnd(open.at(-1) as NestedRange, range) < 0) open.pop();
		(open.at(-1)?.inner ?? outer).push(range);
		open.push(range);
	}
	return outer;
}

/**
 * V8 says of a function where its parameters begin, which is inside its range: the innermost range around that place.
 * A script's own top-level code begins at 1:1, as may its first function; the name decides.
 */
function find(outermost: ReadonlyMap<string, readonly NestedRange[]>, frame: Frame): FunctionRange | null {
	const { file, line, column } = frame;
	if (file === null || line === null) return null;
	const at = column ?? 1;
	let found: NestedRange | null = null;
	let candidates = outermost.get(file) ?? [];
	for (;;) {
		const next: NestedRange | undefined = candidates.find((range) => contains(range, line, at));
		if (next === undefined) break;
		if (found !== null && line === 1 && at === 1 && found.name === nameOf(frame)) break;
		found = next;
		candidates = next.inner;
	}
	return found;
}

const nameOf = (frame: Frame): string => (frame.name === "(anonymous)" ? "" : frame.name);

const contains = (range: FlatRange, line: number, column: number): boolean =>
	(range.startLine < line || (range.startLine === line && range.startColumn <= column)) &&
	(line < range.endLine || (line === range.endLine && column < range.endColumn));

const compareStart = (a: FlatRange, b: FlatRange): number => a.startLine - b.startLine || a.startColumn - b.startColumn;
const compareEnd = (a: FlatRange, b: FlatRange): number => a.endLine - b.endLine || a.endColumn - b.endColumn;
