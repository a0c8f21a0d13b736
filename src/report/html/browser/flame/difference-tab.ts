import { diffTrees } from "#src/analyse/call-tree/difference.js";
import { withoutProcesses } from "#src/analyse/call-tree/processes.js";
import { unpackTree } from "#src/report/html/packed-tree.js";
import type { PageProfile } from "#src/report/html/page-data.js";
import { costUnitOf } from "#src/report/numbers/cost-unit.js";
import { DifferenceFlame } from "./difference-flame.js";
import type { DifferenceWords } from "./difference-words.js";
import type { FlameTab } from "./flame-view.js";

/**
 * The tab that draws two profiles as one; made on its first opening. Null where a side has no profile or what it costs per
 * request is not known: two shares have no difference in time or bytes.
 */
export function differenceTab(
	label: string,
	base: PageProfile | undefined,
	head: PageProfile | undefined,
	words: DifferenceWords,
	folderOf: (variant: string | null) => string,
): FlameTab | null {
	if (base?.perRequest == null || head?.perRequest == null) return null;
	const [basePerRequest, headPerRequest] = [base.perRequest, head.perRequest];
	const roots = [folderOf(base.variant), folderOf(head.variant)] as const;
	let view: DifferenceFlame | undefined;
	return {
		label,
		open: () => {
			view ??= new DifferenceFlame(
				diffTrees(
					{ tree: withoutProcesses(unpackTree(base.tree)), perRequest: basePerRequest, root: roots[0] },
					{ tree: withoutProcesses(unpackTree(head.tree)), perRequest: headPerRequest, root: roots[1] },
				),
				{ roots, words, unit: costUnitOf(head.measures) },
			);
			return view;
		},
	};
}
