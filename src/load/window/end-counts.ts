import type { RawWindow } from "#src/load/order/ipc-messages.js";
import { addErrors, type ErrorKind, type LoadProgress, noErrors } from "#src/load/order/order.js";
import { LatencyCounts } from "./latency-counts.js";

type WindowEnds = Pick<RawWindow, "unexpectedStatus" | "unexpectedPairs" | "errors" | "tallies">;
type EndsSoFar = Pick<LoadProgress, "unexpectedStatus" | "errors" | "tallies">;

/** How attempts have ended that had no expected answer, and what else is counted by name: of a window, and since the load began. */
export class EndCounts {
	readonly #unexpectedTimes: LatencyCounts;
	#statuses = new Map<number, number>();
	#errors = noErrors();
	#tallies = new Map<string, number>();
	/** Of windows before, and between them. */
	#statusesBefore = new Map<number, number>();
	#errorsBefore = noErrors();

	/** @param highestNs longer service times count as this one */
	constructor(highestNs: number) {
		this.#unexpectedTimes = new LatencyCounts(highestNs);
	}

	unexpected(serviceNs: number, status: number): void {
		this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
		this.#unexpectedTimes.add(serviceNs);
	}

	error(kind: ErrorKind): void {
		this.#errors[kind]++;
	}

	tally(name: string, by: number): void {
		this.#tallies.set(name, (this.#tallies.get(name) ?? 0) + by);
	}

	/** Since the load began; tallies since the last window. */
	soFar(): EndsSoFar {
		return {
			unexpectedStatus: Object.fromEntries(added(this.#statusesBefore, this.#statuses)),
			errors: addErrors(this.#errorsBefore, this.#errors),
			tallies: Object.fromEntries(this.#tallies),
		};
	}

	/** What was counted since the last call; a new window begins. */
	take(): WindowEnds {
		const taken = {
			unexpectedStatus: Object.fromEntries(this.#statuses),
			unexpectedPairs: this.#unexpectedTimes.take().pairs,
			errors: this.#errors,
			tallies: Object.fromEntries(this.#tallies),
		};
		this.#statusesBefore = added(this.#statusesBefore, this.#statuses);
		this.#errorsBefore = addErrors(this.#errorsBefore, this.#errors);
		this.#statuses = new Map();
		this.#errors = noErrors();
		this.#tallies = new Map();
		return taken;
	}
}

function added(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): Map<number, number> {
	const sum = new Map(a);
	for (const [status, count] of b) sum.set(status, (sum.get(status) ?? 0) + count);
	return sum;
}
