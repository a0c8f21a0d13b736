import { closeSync, openSync, readSync } from "node:fs";
import process from "node:process";

interface ScheduleReading {
	/** Of this thread; of the whole process where the wait is not known. */
	readonly cpuNs: number;
	/** Ready to run, without a core; null where the system does not tell. */
	readonly waitNs: number | null;
}

/** What the kernel says of the thread that made it: "on a core, waiting for one, times" in nanoseconds (proc(5), schedstat). */
export class ThreadSchedule {
	readonly #buffer = Buffer.alloc(128);
	#file: number | null;

	constructor() {
		try {
			this.#file = openSync("/proc/thread-self/schedstat", "r");
		} catch {
			this.#file = null;
		}
	}

	/** Some microseconds: the file stays open. */
	read(): ScheduleReading {
		if (this.#file !== null) {
			const length = readSync(this.#file, this.#buffer, 0, this.#buffer.length, 0);
			const [cpuNs = Number.NaN, waitNs = Number.NaN] = this.#buffer
				.toString("latin1", 0, length)
				.split(" ")
				.map(Number);
			if (Number.isFinite(cpuNs) && Number.isFinite(waitNs)) return { cpuNs, waitNs };
		}
		const { user, system } = process.cpuUsage();
		return { cpuNs: (user + system) * 1e3, waitNs: null };
	}

	close(): void {
		if (this.#file !== null) closeSync(this.#file);
		this.#file = null;
	}
}
