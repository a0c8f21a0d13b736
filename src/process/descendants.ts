import { childrenOf, type ProcessEntry, processEntry, processTable } from "./process-table.js";

/** A process as it was seen. */
export type SeenProcess = Pick<ProcessEntry, "pid" | "startedAtTicks">;

/**
 * A process and everything that it has started: also what has left its group and its session, has another environment, and has
 * lost its parent by now. A process is found by its parent, and by the mark that is handed down. Without a mark, one
 * whose parent ended between two looks is not found: look often.
 */
export class Descendants {
	readonly #seen = new Map<number, SeenProcess>();
	/** Those that have been looked at and do not carry the mark, which nobody gets later. */
	readonly #others = new Map<number, number>();
	readonly #onSeen: (process: SeenProcess) => void;
	readonly #isMarked: (pid: number) => boolean;
	/** What is older is not ours, and need not be looked at. */
	readonly #sinceTicks: number;

	/**
	 * @param root a process that has just been started, or more of one tree that were seen before
	 * @param onSeen told once of each, the root included
	 * @param isMarked whether a process carries the mark of the root, wherever it is
	 */
	constructor(
		root: number | readonly SeenProcess[],
		onSeen: (process: SeenProcess) => void = () => {},
		isMarked: (pid: number) => boolean = () => false,
	) {
		this.#onSeen = onSeen;
		this.#isMarked = isMarked;
		if (typeof root !== "number") for (const each of root) this.#seen.set(each.pid, each);
		else this.#see(processEntry(root));
		const starts = [...this.#seen.values()].map((each) => each.startedAtTicks);
		this.#sinceTicks = starts.length === 0 ? 0 : Math.min(...starts);
	}

	/** Looks who is there now, in the whole table. Returns those that live. */
	look(table: readonly ProcessEntry[] = processTable()): number[] {
		const living = new Map(table.filter(isLiving).map((entry) => [entry.pid, entry]));
		this.#forgetUnless((pid) => living.get(pid));
		for (const entry of living.values()) if (this.#isOurs(entry)) this.#see(entry);
		// One that joins the map while it is gone through is visited as well, and so are its children.
		for (const [pid] of this.#seen) {
			for (const entry of living.values()) if (entry.parentPid === pid) this.#see(entry);
		}
		return [...this.#seen.keys()];
	}

	/** The same while something is measured: at a small part of the cost, where the kernel lists children; else nothing. */
	glance(): void {
		this.#forgetUnless(processEntry);
		for (const [pid] of this.#seen) {
			for (const child of childrenOf(pid)) if (!this.#seen.has(child)) this.#see(processEntry(child));
		}
	}

	#isOurs({ pid, startedAtTicks }: SeenProcess): boolean {
		if (startedAtTicks < this.#sinceTicks || this.#seen.has(pid) || this.#others.get(pid) === startedAtTicks)
			return false;
		if (this.#isMarked(pid)) return true;
		this.#others.set(pid, startedAtTicks);
		return false;
	}

	/** Those that are gone, or whose id is another's by now. */
	#forgetUnless(entryOf: (pid: number) => ProcessEntry | undefined): void {
		for (const [pid, { startedAtTicks }] of this.#seen) {
			const entry = entryOf(pid);
			if (entry === undefined || !isLiving(entry) || entry.startedAtTicks !== startedAtTicks) this.#seen.delete(pid);
		}
	}

	#see(entry: ProcessEntry | undefined): void {
		if (entry === undefined || !isLiving(entry) || this.#seen.has(entry.pid)) return;
		const seen = { pid: entry.pid, startedAtTicks: entry.startedAtTicks };
		this.#seen.set(entry.pid, seen);
		this.#onSeen(seen);
	}
}

/** A zombie has ended; only its parent can remove it. */
/** Not a zombie, which only waits for its parent to ask. */
export const isLiving = ({ state }: ProcessEntry): boolean => state !== "Z" && state !== "X";
