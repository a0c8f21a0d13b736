/**
 * Names for addresses that 0x knows nothing of. They are of two sorts. V8 runs a copy of its builtins that it maps near
 * the compiled code (short builtin calls), while the log lists only the originals in the node binary. And the node
 * binary has holes between the functions whose names are exported; it is in the log several times from the same start,
 * of which V8's log processor keeps the first and shortest.
 */
import { basename } from "node:path";
import type { BuiltinRange, V8LogFacts } from "./log.js";

/** An executable stretch of a process's memory. */
export interface ExecutableMapping {
	readonly start: number;
	readonly end: number;
	/** Where in the file it begins. */
	readonly fileOffset: number;
	/** "" for memory without a file. */
	readonly path: string;
}

export type AddressOwner =
	| { readonly kind: "builtin"; readonly name: string; readonly interpreter: boolean }
	/** Compiled C or C++ (or assembler) of a program or library. */
	| { readonly kind: "native"; readonly library: string };

/** The executable mappings in the text of /proc/<pid>/maps. */
export function executableMappings(maps: string): ExecutableMapping[] {
	return maps.split("\n").flatMap((line) => {
		const match = /^([0-9a-f]+)-([0-9a-f]+) (\S+) ([0-9a-f]+) \S+ \d+\s*(.*)$/.exec(line);
		if (match === null || !match[3]?.includes("x")) return [];
		const [, start, end, , offset, path] = match;
		return [
			{
				start: Number.parseInt(start ?? "", 16),
				end: Number.parseInt(end ?? "", 16),
				fileOffset: Number.parseInt(offset ?? "", 16),
				path: path ?? "",
			},
		];
	});
}

/** Answers whose an address is; undefined where it cannot be known. */
export type AddressBook = (address: number) => AddressOwner | undefined;

/**
 * @param mappings the target's executable mappings, [] where the system does not tell them: then copies of builtins stay
 *   unknown.
 */
export function addressBook(
	log: Pick<V8LogFacts, "builtins" | "libraries">,
	mappings: readonly ExecutableMapping[],
): AddressBook {
	const builtins = [...log.builtins].sort((a, b) => a.start - b.start);
	const files = mappings.filter((mapping) => mapping.path !== "" && !mapping.path.startsWith("["));
	return (address) => {
		const mapping = files.find((candidate) => contains(candidate, address));
		const original = mapping === undefined ? address : originalAddress(mapping, address, files, builtins);
		const builtin = rangeAt(builtins, original);
		if (builtin !== undefined) return { kind: "builtin", name: builtin.name, interpreter: builtin.interpreter };
		const library = mapping?.path ?? log.libraries.find((candidate) => contains(candidate, address))?.name;
		return library === undefined ? undefined : { kind: "native", library: basename(library) };
	};
}

/**
 * Where the same byte of the file is mapped a second time, and builtins are known there: that address, else `address`.
 */
function originalAddress(
	mapping: ExecutableMapping,
	address: number,
	files: readonly ExecutableMapping[],
	builtins: readonly BuiltinRange[],
): number {
	if (rangeAt(builtins, address) !== undefined) return address;
	const offset = mapping.fileOffset + (address - mapping.start);
	const twin = files.find(
		(other) =>
			other !== mapping &&
			other.path === mapping.path &&
			offset >= other.fileOffset &&
			offset < other.fileOffset + (other.end - other.start),
	);
	return twin === undefined ? address : twin.start + (offset - twin.fileOffset);
}

const contains = (range: { start: number; end: number }, address: number): boolean =>
	address >= range.start && address < range.end;

/** The range of a sorted list that holds the address. */
function rangeAt(sorted: readonly BuiltinRange[], address: number): BuiltinRange | undefined {
	let low = 0;
	let high = sorted.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((sorted[middle]?.start ?? Number.POSITIVE_INFINITY) <= address) low = middle + 1;
		else high = middle;
	}
	const found = sorted[low - 1];
	return found !== undefined && contains(found, address) ? found : undefined;
}
