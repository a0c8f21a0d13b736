import type { Finding } from "#src/model/finding.js";

/** A script whose source map cannot be used. */
export interface UnusableMap {
	readonly script: string;
	readonly why: string;
}

const MOST_NAMED = 3;

/** Empty where all maps could be used. */
export function sourceMapsUnusable(collector: string, unusable: readonly UnusableMap[]): Finding[] {
	if (unusable.length === 0) return [];
	const named = unusable.slice(0, MOST_NAMED).map(({ script, why }) => `${script} (${why})`);
	const rest = unusable.length - named.length;
	const which = rest === 0 ? named.join(", ") : `${named.join(", ")} and ${rest} more`;
	return [
		{
			code: "SOURCE_MAP_UNUSABLE",
			severity: "warning",
			about: collector,
			figures: { scripts: unusable.length },
			sentence: `The source ${unusable.length === 1 ? "map" : "maps"} of ${which} could not be used; functions are shown as they run.`,
		},
	];
}
