import { diffTrees } from "../../../analyse/tree-difference.js";
import { unpackTree } from "../packed-tree.js";
import type { PageProfile } from "../page-data.js";
import { DifferenceFlame } from "./difference-flame.js";
import type { DifferenceWords } from "./difference-words.js";
import type { FlameTab } from "./flame-view.js";

/**
 * The tab that draws two profiles as one; made on its first opening. Null where a side has no profile or its CPU per request is
 * not known: two shares have no difference in time.
 */
export function differenceTab(
	label: string,
	base: PageProfile | undefined,
	head: PageProfile | undefined,
	words: DifferenceWords,
	folderOf: (variant: string | null) => string,
): FlameTab | null {
	if (base?.cpuNsPerRequest == null || head?.cpuNsPerRequest == null) return null;
	const [baseNs, headNs] = [base.cpuNsPerRequest, head.cpuNsPerRequest];
	const roots = [folderOf(base.variant), folderOf(head.variant)] as const;
	let view: DifferenceFlame | undefined;
	return {
		label,
		open: () => {
			view ??= new DifferenceFlame(
				diffTrees(
					{ tree: unpackTree(base.tree), nsPerRequest: baseNs, root: roots[0] },
					{ tree: unpackTree(head.tree), nsPerRequest: headNs, root: roots[1] },
				),
				roots,
				words,
			);
			return view;
		},
	};
}
