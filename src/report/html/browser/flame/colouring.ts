import { functionTicks, totalTicks } from "#src/analyse/call-tree/call-tree.js";
import type { CallTree, Frame } from "#src/model/call-tree.js";
import { frameKinds } from "#src/model/frame-kinds.js";
import { kindLabel, ownerLabel } from "#src/report/labels/frame.js";

export type ColouringMode = "kind" | "package";

/** One entry of the legend. */
interface ColourGroup {
	readonly label: string;
	/** Class that carries the colour; see report.css. */
	readonly className: string;
	/** Share of self time, 0…1. */
	readonly selfShare: number;
	/** Indices of its frames. */
	readonly frames: ReadonlySet<number>;
}

export interface Colouring {
	readonly groups: readonly ColourGroup[];
	/** By frame index. */
	readonly classOf: readonly string[];
}

/** As many packages as the palette has colours for; the others share one. */
const PACKAGE_COLOURS = 5;
const OTHER_PACKAGES = "other packages";

export function colouringOf(tree: CallTree, mode: ColouringMode): Colouring {
	const all = totalTicks(tree);
	const frameIndex = new Map(tree.frames.map((frame, index) => [frame, index]));
	const functions = functionTicks(tree);
	const keyOf = mode === "kind" ? (frame: Frame) => kindLabel(frame.kind) : packageKey(functions);
	const groups = new Map<string, { frames: Set<number>; ticks: number; kind: Frame["kind"] }>();
	for (const { frame, selfTicks } of functions) {
		const key = keyOf(frame);
		const group = groups.get(key) ?? { frames: new Set<number>(), ticks: 0, kind: frame.kind };
		group.frames.add(frameIndex.get(frame) ?? -1);
		group.ticks += selfTicks;
		groups.set(key, group);
	}
	const ordered = [...groups].sort(
		([aKey, a], [bKey, b]) =>
			frameKinds.indexOf(a.kind) - frameKinds.indexOf(b.kind) ||
			Number(aKey === OTHER_PACKAGES) - Number(bKey === OTHER_PACKAGES) ||
			b.ticks - a.ticks,
	);
	const classOf = new Array<string>(tree.frames.length).fill("k-root");
	let packages = 0;
	const legend = ordered.map(([label, { frames, ticks, kind }]): ColourGroup => {
		const isPackage = mode === "package" && kind === "dependency";
		const className = !isPackage ? `k-${kind}` : label === OTHER_PACKAGES ? "p-other" : `p-${packages++}`;
		for (const frame of frames) classOf[frame] = className;
		return { label, className, selfShare: all === 0 ? 0 : ticks / all, frames };
	});
	return { groups: legend, classOf };
}

function packageKey(functions: ReturnType<typeof functionTicks>): (frame: Frame) => string {
	const ticks = new Map<string, number>();
	for (const { frame, selfTicks } of functions) {
		if (frame.kind === "dependency") ticks.set(ownerLabel(frame), (ticks.get(ownerLabel(frame)) ?? 0) + selfTicks);
	}
	const own = new Set(
		[...ticks]
			.sort((a, b) => b[1] - a[1])
			.slice(0, PACKAGE_COLOURS)
			.map(([name]) => name),
	);
	return (frame) => {
		const owner = ownerLabel(frame);
		return frame.kind === "dependency" && !own.has(owner) ? OTHER_PACKAGES : owner;
	};
}
