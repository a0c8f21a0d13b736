import type { CallTree, Frame } from "#src/model/call-tree.js";
import type { IsolateKind } from "#src/model/isolates.js";
import { CallTreeBuilder } from "./call-tree.js";

/** Where a profile is of several isolates, their kinds are the outermost frames. */
export const processFrame = (kind: IsolateKind, script: string): Frame => ({
	name: `(${[kind, script].filter(Boolean).join(" ")})`,
	file: null,
	line: null,
	column: null,
	kind: "process",
	package: null,
});

export const hasProcesses = ({ frames }: Pick<CallTree, "frames">): boolean =>
	frames.some(({ kind }) => kind === "process");

/** All isolates as one: what one kind calls is added to what another calls. */
export function withoutProcesses(tree: CallTree): CallTree {
	if (!hasProcesses(tree)) return tree;
	const builder = new CallTreeBuilder();
	const places: number[] = [];
	tree.nodes.forEach((node, index) => {
		const frame = tree.frames[node.frame];
		const caller = places[node.parent] ?? builder.root;
		const isLeftOut = index === 0 || frame === undefined || frame.kind === "process";
		const at = isLeftOut ? caller : builder.child(caller, frame, node.putBack);
		places.push(at);
		builder.addSelf(at, node.selfTicks);
	});
	const { frames, nodes } = builder.build();
	// What the kernel measured stays so.
	return {
		frames,
		nodes: nodes.map((node) => (frames[node.frame]?.kind === "threads" ? { ...node, measured: true } : node)),
	};
}
