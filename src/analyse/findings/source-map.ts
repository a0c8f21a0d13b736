import type { ProfileFinding } from "#src/model/finding.js";

/** A script whose source map cannot be used. */
export interface UnusableMap {
	readonly script: string;
	readonly why: string;
}

const MOST_NAMED = 3;

/** Empty where all maps could be used. */
export const sourceMapsUnusable = (collector: string, unusable: readonly UnusableMap[]): ProfileFinding[] =>
	unusable.length === 0
		? []
		: [
				{
					code: "SOURCE_MAP_UNUSABLE",
					severity: "warning",
					about: collector,
					variant: null,
					figures: {
						scripts: unusable.length,
						named: unusable.slice(0, MOST_NAMED).map(({ script, why }) => ({ script, why })),
					},
				},
			];
