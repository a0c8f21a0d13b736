import type { ProfileFinding } from "#src/model/finding.js";
import type { Measurement } from "#src/model/measurement.js";

/** Findings about any profile. What a collector alone knows is in files of their own. */

/** A profiler that slows its target this much shows a different program. */
const HEAVY_OVERHEAD = 0.3;

/** A collector that could not deliver: the run stands without it. */
export const collectorFailed = (collector: string, message: string): ProfileFinding => ({
	code: "COLLECTOR_FAILED",
	severity: "problem",
	about: collector,
	variant: null,
	figures: { message },
});

export const collectorUnavailable = (collector: string, why: string, fix: string): ProfileFinding => ({
	code: "COLLECTOR_UNAVAILABLE",
	severity: "problem",
	about: collector,
	variant: null,
	figures: { why, fix },
});

/** ONE_PROCESS_PROFILED: a cluster, or a target with children or worker threads, of which the profiler sees one main thread only. */
export function oneProcessProfiled(collector: string, clean: Measurement): ProfileFinding[] {
	const isolates = (clean.kind === "window" ? clean.isolates : undefined) ?? [];
	const workerThreads = isolates.reduce((sum, { kind, isolates: n }) => sum + (kind === "worker thread" ? n : 0), 0);
	const ofNode = isolates.reduce((sum, { kind, isolates: n }) => sum + (kind === "worker thread" ? 0 : n), 0);
	const processes = Math.max(ofNode, clean.cpu?.processes ?? 0);
	if (processes < 2 && workerThreads === 0) return [];
	return [
		{
			code: "ONE_PROCESS_PROFILED",
			severity: "warning",
			about: collector,
			variant: null,
			figures: { processes, workerThreads },
		},
	];
}

/** THREADS_NOT_TOLD: where the kernel does not say what each thread used, the main thread's samples stand for all of them. */
export const threadsNotTold = (collector: string, { cpu }: Measurement): ProfileFinding[] =>
	cpu === null
		? []
		: [
				{
					code: "THREADS_NOT_TOLD",
					severity: "info",
					about: collector,
					variant: null,
					figures: { source: cpu.source },
				},
			];

/** PROFILER_HEAVY: the load under a profiler cost much more CPU per request than the clean one. */
export function profilerHeavy(collector: string, profiled: Measurement, clean: Measurement): ProfileFinding[] {
	if (profiled.cpu === null || clean.cpu === null) return [];
	const [cleanNsPerRequest, profiledNsPerRequest] = [clean.cpu.nsPerRequest, profiled.cpu.nsPerRequest];
	const overheadShare = profiledNsPerRequest / cleanNsPerRequest - 1;
	if (overheadShare < HEAVY_OVERHEAD) return [];
	return [
		{
			code: "PROFILER_HEAVY",
			severity: "info",
			about: collector,
			variant: null,
			figures: { collector, overheadShare, cleanNsPerRequest, profiledNsPerRequest },
		},
	];
}
