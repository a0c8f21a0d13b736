import type { CallTree, Frame } from "./call-tree.js";

/** The layers of one side of a comparison, as whoever knows them hands them in. */
export interface SideLayers {
	readonly layers: readonly SideLayer[];
	/** By id, how many ticks of a profile are a layer's: those of its own functions and of what they call. */
	ticksOf(tree: CallTree): ReadonlyMap<string, number>;
}

interface SideLayer {
	/** Equal on both sides for what is one layer. */
	readonly id: string;
	/** Its name, and where it begins. */
	readonly frame: Frame;
}
