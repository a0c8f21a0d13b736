import type { LayerOrder, StackDescription } from "./protocol.js";

/** Where code stands: an absolute path and a line from 1. */
export interface SourcePlace {
	readonly file: string;
	readonly line: number;
}

/** What one framework's file offers once it watches. */
export interface WatchedFramework {
	/** Whether the target has created an application of this framework. */
	isUsed(): boolean;
	/** Null while it is not used. */
	describe(): StackDescription | null;
	/**
	 * Skips the hooks of these layers, and of layers within them, from the next call of a hook on; runs all others.
	 * @throws Error for an id that no layer has
	 */
	toggle(off: ReadonlySet<string>): void;
}

/**
 * Begins to watch for applications of one framework, by the order's mode. Called before the target's first line; it must not load
 * the framework, and where the target never does it must not do anything.
 */
export type WatchFramework = (order: LayerOrder) => WatchedFramework;
