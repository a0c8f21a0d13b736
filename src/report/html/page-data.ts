import type { CallTree } from "../../model/call-tree.js";
import type { RunRecord } from "../../model/run-record.js";
import { headline } from "../headline.js";
import { type PackedTree, packTree } from "./packed-tree.js";
import { type PercentilePoint, percentilePoints } from "./percentile-points.js";

/** What the page carries: everything its script draws from, as JSON. */
export interface PageData {
	readonly headline: string;
	readonly run: RunRecord;
	readonly profiles: readonly PageProfile[];
	/** By measurement id. */
	readonly distributions: Readonly<Record<string, readonly PercentilePoint[]>>;
}

/** A profile that has a tree to draw. */
export interface PageProfile {
	readonly collector: string;
	/** Clean CPU nanoseconds per request, by which shares become times; null where it is not known. */
	readonly cpuNsPerRequest: number | null;
	readonly tree: PackedTree;
}

export function pageData(run: RunRecord, trees: ReadonlyMap<string, CallTree>): PageData {
	return {
		headline: headline(run, trees),
		run,
		profiles: run.profiles.flatMap((profile) => {
			const tree = trees.get(profile.id);
			if (tree === undefined) return [];
			const clean = run.measurements.find((each) => each.id === profile.cleanMeasurementId);
			return [
				{ collector: profile.collector, cpuNsPerRequest: clean?.cpu?.nsPerRequest ?? null, tree: packTree(tree) },
			];
		}),
		distributions: Object.fromEntries(
			run.measurements.map((each) => [each.id, percentilePoints(each.serviceTime.histogramV2)]),
		),
	};
}
