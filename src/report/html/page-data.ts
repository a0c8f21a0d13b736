import type { CallTree } from "../../model/call-tree.js";
import type { ProfileRecord, RunRecord } from "../../model/run-record.js";
import { bareCheckSentence } from "../bare-check-words.js";
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
	/** What measuring bare twice says, for a matrix that does that; else null. */
	readonly bareCheck: string | null;
}

/** A profile that has a tree to draw. */
export interface PageProfile {
	/** Which variant of the target it is of, where there are several; else null. */
	readonly variant: string | null;
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
			const { collector, variant } = profile;
			return [{ collector, variant, cpuNsPerRequest: cleanCpuNs(run, profile), tree: packTree(tree) }];
		}),
		distributions: Object.fromEntries(
			run.measurements.map((each) => [each.id, percentilePoints(each.serviceTime.histogramV2)]),
		),
		bareCheck: run.matrix === null ? null : bareCheckSentence(run.matrix),
	};
}

function cleanCpuNs(run: RunRecord, { cleanMeasurementId, variant }: ProfileRecord): number | null {
	// Adjusted for the sets a variant was part of, so that the difference of two is what the effects are made of.
	const adjusted = run.matrix?.variants.find(({ name }) => name === variant)?.figures?.cpuNsPerRequest;
	if (adjusted != null) return adjusted;
	const measured = run.measurements.find((each) => each.id === cleanMeasurementId)?.cpu?.nsPerRequest;
	if (measured !== undefined) return measured;
	const effect = run.comparison?.effects.find((each) => each.metric === "cpu");
	return (variant === "base" ? effect?.base : variant === "head" ? effect?.head : null) ?? null;
}
