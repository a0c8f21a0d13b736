/** What a list shows of a run. */
export interface RunBrief {
	readonly command: string;
	readonly startedAt: string;
	/** Of its state. */
	readonly status: string;
	/** What was measured without a profiler. */
	readonly clean: readonly MeasurementBrief[];
}

export interface MeasurementBrief {
	readonly endpoint: { readonly method: string; readonly path: string };
	readonly requestsPerSecond: number;
	/** Of the latency that a user waits for; null where nothing was answered. */
	readonly p99Ns: number | null;
}

export interface ListedRun {
	readonly id: string;
	readonly path: string;
	/** Null where it cannot be read, and why. */
	readonly brief: RunBrief | null;
	readonly problem: string | null;
}
