import { latencyOf } from "#src/analyse/latency/judged-latency.js";
import type { CallTree, ProfileMeasure } from "#src/model/call-tree.js";
import { profilesOf } from "#src/model/parts-of-run.js";
import type { RunRecord } from "#src/model/run.js";
import { costPerRequest } from "#src/report/figures/profile-cost.js";
import { answer } from "#src/report/sentences/headline.js";
import { preliminaryTitle } from "#src/report/sentences/preliminary.js";
import { type PackedTree, packTree } from "./packed-tree.js";
import { type PercentilePoint, percentilePoints } from "./percentile-points.js";

/** What the page carries: everything its script draws from, as JSON. */
export interface PageData {
	readonly headline: string;
	/** What else was found; empty where the headline says it all. */
	readonly besides: string;
	readonly run: RunRecord;
	readonly profiles: readonly PageProfile[];
	/** By measurement id. */
	readonly distributions: Readonly<Record<string, readonly PercentilePoint[]>>;
	/** Absent for a run that has ended. */
	readonly preliminary?: PagePreliminary;
}

/** Of a run that goes on. */
export interface Preliminary {
	/** Since it began. */
	readonly afterMs: number;
	/** When there should be more, and when nobody has to wait for it any longer, in ms since 1970. */
	readonly nextAtMs: number;
	readonly untilMs: number;
}

interface PagePreliminary extends Pick<Preliminary, "nextAtMs" | "untilMs"> {
	readonly title: string;
}

/** A profile that has a tree to draw. */
export interface PageProfile {
	/** Which variant of the target it is of, where there are several; else null. */
	readonly variant: string | null;
	readonly collector: string;
	readonly measures: ProfileMeasure;
	/** What a request costs without the profiler, in CPU nanoseconds or allocated bytes; null where it is not known. */
	readonly perRequest: number | null;
	readonly tree: PackedTree;
}

export function pageData(
	run: RunRecord,
	trees: ReadonlyMap<string, CallTree>,
	preliminary: Preliminary | null = null,
): PageData {
	return {
		...answer(run, trees),
		run,
		profiles: profilesOf(run).flatMap((profile) => {
			const tree = trees.get(profile.id);
			if (tree === undefined) return [];
			const { collector, variant, measures } = profile;
			return [{ collector, variant, measures, perRequest: costPerRequest(run, profile), tree: packTree(tree) }];
		}),
		distributions: Object.fromEntries(
			run.measurements.map((each) => [each.id, percentilePoints(latencyOf(each).histogramV2)]),
		),
		...(preliminary === null ? {} : { preliminary: preliminaryOf(preliminary) }),
	};
}

const preliminaryOf = ({ afterMs, nextAtMs, untilMs }: Preliminary): PagePreliminary => ({
	title: preliminaryTitle(afterMs),
	nextAtMs,
	untilMs,
});
