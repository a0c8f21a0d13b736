import { type KindUse, usesBetween } from "#src/analyse/threads/cpu-parts.js";
import type { Regime } from "#src/model/load.js";
import type { CpuReader, ThreadSnapshot } from "./cpu-reader.js";

/** What the threads of one target use in the slices of each regime. It reads nothing by itself: it looks at what was read last. */
export class ThreadWatch {
	readonly #reader: CpuReader;
	#last: ThreadSnapshot | null;
	/** By "pid/tid". */
	readonly #used: Readonly<Record<Regime, Map<string, { cpuNs: number; waitNs: number }>>> = {
		light: new Map(),
		loaded: new Map(),
	};

	/** Begins with what was read last. */
	constructor(reader: CpuReader) {
		this.#reader = reader;
		this.#last = reader.threads();
	}

	/** Charges what was used since the last call to a regime. */
	charge(regime: Regime): void {
		const now = this.#reader.threads();
		if (now === null || this.#last === null) return;
		const used = this.#used[regime];
		for (const [key, { cpuNs, waitNs }] of now) {
			const before = this.#last.get(key);
			const spentNs = cpuNs - (before?.cpuNs ?? 0);
			if (spentNs <= 0) continue;
			const sum = used.get(key) ?? { cpuNs: 0, waitNs: 0 };
			sum.cpuNs += spentNs;
			sum.waitNs += Math.max(0, waitNs - (before?.waitNs ?? 0));
			used.set(key, sum);
		}
		this.#last = now;
	}

	/** By kind of thread; null where threads cannot be told apart. Asks the target. */
	async close(): Promise<Readonly<Record<Regime, readonly KindUse[]>> | null> {
		const threads = this.#last;
		if (threads === null) return null;
		const kinds = await this.#reader.threadKinds();
		const usesIn = (regime: Regime): KindUse[] => {
			const counters = [...this.#used[regime]].flatMap(([key, used]) => {
				const thread = threads.get(key);
				return thread === undefined ? [] : [[key, { ...thread, ...used }] as const];
			});
			return usesBetween(new Map(), new Map(counters), kinds);
		};
		return { light: usesIn("light"), loaded: usesIn("loaded") };
	}
}
