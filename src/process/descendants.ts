import { childrenOf, type ProcessEntry, processEntry, processTable } from "./process-table.js";

/** A process as it was seen. */
export type SeenProcess = Pick<ProcessEntry, "pid" | "startedAtTicks">;

/**
 * A process and everything that it has started, as far as it was seen: also what has left its group and its session, has another
 * environment, and has lost its parent by now. A process is found by its parent, so one whose parent ended between two
 * looks is not: look often.
 */
export class Descendants {
	readonly #seen = new Map<number, SeenProcess>();
	readonly #onSeen: (process: SeenProcess) => void;

	/**
	 * @param root a process that has just been started, or more of one tree that were seen before
	 * @param onSeen told once of each, the root included
	 */
	constructor(root: number | readonly SeenProcess[], onSeen: (process: SeenProcess) => void = () => {}) {
		this.#onSeen = onSeen;
		if (typeof root !== "number") for (const each of root) this.#seen.set(each.pid, each);
		else this.#see(processEntry(root));
	}

	/** Looks who is there now, in the whole table. Returns those that live. */
	look(table: readonly ProcessEntry[] = processTable()): number[] {
		const living = new Map(table.filter(isLiving).map((entry) => [entry.pid, entry]));
		this.#forgetUnless((pid) => living.get(pid));
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
const isLiving = ({ state }: ProcessEntry): boolean => state !== "Z" && state !== "X";
