import { type Exported, exportTitle, stackOf, tickWorth } from "./exported.js";

/** speedscope's own file format, every profile of the run in it; weights are nanoseconds or bytes per request. */
export function speedscopeFile(exported: readonly Exported[]): string {
	const frames: object[] = [];
	const profiles = exported.map((each) => {
		const { tree } = each;
		const first = frames.length;
		for (const { name, file, line, column } of tree.frames) {
			frames.push({
				name,
				...(file === null ? {} : { file }),
				...(line === null ? {} : { line }),
				...(column === null ? {} : { col: column }),
			});
		}
		const { unit, perTick } = tickWorth(each);
		const stacks = tree.nodes.flatMap((node, index) =>
			node.selfTicks > 0 && index > 0
				? [{ stack: stackOf(tree, index).map((frame) => first + frame), weight: node.selfTicks * perTick }]
				: [],
		);
		return {
			type: "sampled",
			name: exportTitle(each),
			unit: unit === "ticks" ? "none" : unit,
			startValue: 0,
			endValue: stacks.reduce((sum, { weight }) => sum + weight, 0),
			samples: stacks.map(({ stack }) => stack),
			weights: stacks.map(({ weight }) => weight),
		};
	});
	return JSON.stringify({
		$schema: "https://www.speedscope.app/file-format-schema.json",
		shared: { frames },
		profiles,
		name: exported[0]?.run.id ?? "",
		activeProfileIndex: 0,
		exporter: `az-prof ${exported[0]?.run.tool.version ?? ""}`,
	});
}
