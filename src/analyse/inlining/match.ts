import { frameKey } from "#src/analyse/call-tree/call-tree.js";
import type { SampledProfile } from "#src/analyse/import/v8/cpu-profile.js";

/**
 * For every node of a profile, the nodes of the reference profile that stand for the same place in the program. Empty
 * where the function was never sampled in the reference.
 */
export type Matches = readonly (readonly number[])[];

/** How many callers a path may lack before we stop calling it the same path. */
const maxMissingFrames = 8;

/**
 * Walks both trees together from the root. A callee is looked for below the matches of its caller: directly, then, as V8
 * may have left out frames in between, a few calls further down, and in the end anywhere.
 */
export function matchProfiles(profile: SampledProfile, reference: SampledProfile): Matches {
	const keys = reference.nodes.map(({ frame }) => frameKey(frame));
	const byKey = new Map<string, number[]>();
	keys.forEach((key, index) => {
		const same = byKey.get(key);
		if (same === undefined) byKey.set(key, [index]);
		else same.push(index);
	});
	const matches: (readonly number[])[] = [];
	// Where a function is unknown to the reference, its callees are looked for below its caller's matches.
	const contexts: (readonly number[])[] = [];
	profile.nodes.forEach(({ frame, parent }, index) => {
		if (parent < 0) {
			matches.push([0]);
			contexts.push([0]);
			return;
		}
		const key = frameKey(frame);
		const context = contexts[parent] ?? [];
		const near = nearest(reference, keys, context, key);
		const found = near.length > 0 ? near : (byKey.get(key) ?? []);
		matches[index] = found;
		contexts[index] = found.length > 0 ? found : context;
	});
	return matches;
}

/** The matches of `key` that are the fewest calls below `from`. */
function nearest(
	reference: SampledProfile,
	keys: readonly string[],
	from: readonly number[],
	key: string,
): readonly number[] {
	let level = from;
	for (let depth = 0; depth <= maxMissingFrames && level.length > 0; depth++) {
		const below = level.flatMap((node) => reference.children[node] ?? []);
		const found = below.filter((node) => keys[node] === key);
		if (found.length > 0) return found;
		level = below;
	}
	return [];
}
