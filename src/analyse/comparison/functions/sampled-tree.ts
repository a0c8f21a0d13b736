import { totalTicks } from "#src/analyse/call-tree/call-tree.js";
import { withoutOwnCode } from "#src/analyse/call-tree/own-code.js";
import { plainCallTree, type SampledProfile } from "#src/analyse/import/v8/cpu-profile.js";
import type { SampledBytes } from "#src/analyse/import/v8/heap-profile.js";
import { type InliningReference, putBackInlinedFrames } from "#src/analyse/inlining/inlined-frames.js";
import type { CallTree } from "#src/model/call-tree.js";
import type { SampledSide } from "./cost-series.js";

/**
 * What the functions of the target cost in a sampled stretch, without az-prof's own code.
 * @param reference by which inlined functions are put back; null: they stay in their callers
 */
export const sampledTree = (profile: SampledProfile, reference: InliningReference | null): CallTree =>
	withoutOwnCode(reference === null ? plainCallTree(profile) : putBackInlinedFrames(profile, reference).tree).tree;

/**
 * What they allocate, by a request of the sampled slices: code that is not as warm as it was allocates more here and there, which must
 * not make less of what others allocate.
 */
export function allocatingSide({ tree, squares, intervalBytes }: SampledBytes, answers: number): SampledSide {
	const own = withoutOwnCode(tree).tree;
	return {
		tree: own,
		squares: withoutOwnCode(squares).tree,
		perRequest: (totalTicks(own) * intervalBytes) / answers,
	};
}
