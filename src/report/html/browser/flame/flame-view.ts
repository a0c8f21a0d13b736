import type { FlameLayout } from "#src/report/html/flame-layout.js";
import type { FlamePaint } from "./flamegraph.js";
import type { FunctionList } from "./functions-table.js";

/** What the flame panel shows under one of its tabs: a profile, or the difference of two. */
export interface FlameView {
	/** What the widths are: "CPU time". */
	readonly title: string;
	readonly layout: FlameLayout;
	/** Ways to colour it; empty where there is one only. */
	readonly colourings: readonly { readonly key: string; readonly label: string }[];
	/** Colours from now on by one of `colourings`; others are ignored. */
	colourBy(key: string): void;
	readonly paint: FlamePaint;
	/** What the colours stand for; a click on one highlights its frames. */
	readonly groups: readonly FlameGroup[];
	/** What else has to be said of the drawing, beside the groups. */
	readonly marks: readonly string[];
	readonly functions: FunctionList;
	/** The lines about a node, or about the whole. */
	describe(node: number | null): readonly HTMLElement[];
	/** What frames (by index) cost together. */
	costOf(matching: ReadonlySet<number>): string;
}

export interface FlameGroup {
	readonly label: string;
	readonly className: string;
	readonly figure: string;
	readonly title: string;
	/** Indices of its frames. */
	readonly frames: ReadonlySet<number>;
}

export interface FlameTab {
	readonly label: string;
	open(): FlameView;
}
