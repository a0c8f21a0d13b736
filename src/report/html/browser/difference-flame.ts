import {
	CLEAR_OF_NOISE,
	type CostDifference,
	costOf,
	type FunctionDifference,
	functionDifferences,
	subtreeDifferences,
	type TreeDifference,
} from "../../../analyse/tree-difference.js";
import type { Frame } from "../../../model/call-tree.js";
import { formatCount, formatNs, formatSignedNs } from "../../format.js";
import { kindLabel, sourceLabel } from "../../frame-label.js";
import { type FlameLayout, layOutDifference, matchSum } from "../flame-layout.js";
import { differenceClass, onlySide, sideMarks, UNCLEAR } from "./difference-colour.js";
import { differenceFunctions } from "./difference-functions.js";
import type { DifferenceWords } from "./difference-words.js";
import { el, foreign, unbroken } from "./dom.js";
import type { FlameGroup, FlameView } from "./flame-view.js";
import type { FlamePaint } from "./flamegraph.js";
import type { FunctionList } from "./functions-table.js";
import { hintLine } from "./hint-line.js";

/** Two profiles in one drawing: widths are the costlier side's CPU time, colours say which way it moved. */
export class DifferenceFlame implements FlameView {
	readonly colourings = [];
	readonly layout: FlameLayout;
	readonly paint: FlamePaint;
	readonly functions: FunctionList;
	readonly groups: readonly FlameGroup[];
	readonly marks: readonly string[];
	readonly #difference: TreeDifference;
	readonly #totals: readonly CostDifference[];
	readonly #words: DifferenceWords;
	readonly #sourceOf: (frame: Frame) => string | null;

	/** `roots` are the folders of the two sides. */
	constructor(difference: TreeDifference, roots: readonly string[], words: DifferenceWords) {
		this.#difference = difference;
		this.#words = words;
		this.marks = (["head", "base"] as const).map((side) => `${sideMarks[side]} only ${words[side].place}`);
		this.#sourceOf = (frame) => sourceLabel(frame, rootOf(frame, roots));
		this.layout = layOutDifference(difference);
		this.#totals = subtreeDifferences(difference);
		this.paint = paintOf(difference, this.#totals);
		const functions = functionDifferences(difference);
		this.groups = groupsOf(functions, words);
		this.functions = differenceFunctions(difference, functions, this.#sourceOf, words);
	}

	colourBy(): void {}

	costOf(matching: ReadonlySet<number>): string {
		const { nodes } = this.#difference;
		const base = matchSum(
			this.layout.tree,
			nodes.map((node) => node.baseTicks),
			matching,
		);
		const head = matchSum(
			this.layout.tree,
			nodes.map((node) => node.headTicks),
			matching,
		);
		const total = costOf(this.#difference, { base: base.total, head: head.total });
		const self = costOf(this.#difference, { base: base.self, head: head.self });
		return `total ${costText(total)}, self ${costText(self)}`;
	}

	describe(node: number | null): readonly HTMLElement[] {
		const position = node === null ? undefined : this.#difference.nodes[node];
		const frame = position === undefined ? undefined : this.#difference.frames[position.frame];
		const total = this.#totals[node ?? 0];
		if (node === null || position === undefined || frame === undefined || total === undefined) {
			return this.#describeWhole();
		}
		const self = costOf(this.#difference, { base: position.baseTicks, head: position.headTicks });
		const only = onlySide(total);
		return [
			el(
				"p",
				{ class: "who" },
				foreign(frame.name, "who-name"),
				only === null ? null : el("span", { class: "who-only" }, `${sideMarks[only]} only ${this.#words[only].place}`),
				foreign(this.#sourceOf(frame) ?? kindLabel(frame.kind), "who-source"),
			),
			el("p", {}, unbroken(`total ${costText(total)} · self ${costText(self)} per request`)),
		];
	}

	#describeWhole(): HTMLElement[] {
		const [whole] = this.#totals;
		const ticks = (count: number): string => formatCount(Math.round(count));
		const text =
			whole === undefined
				? ""
				: `${formatNs(whole.baseNs)} of CPU per request ${this.#words.base.place}, ${formatNs(whole.headNs)} ${this.#words.head.place}: ${differenceText(whole.differenceNs)}, shared out by ${ticks(whole.baseTicks)} and ${ticks(whole.headTicks)} ticks.`;
		return [el("p", {}, unbroken(text)), hintLine("widths: the costlier side")];
	}
}

/** "101 µs → 123 µs: +22.0 µs ± 3.10 µs", or that it may be noise. */
function costText(cost: CostDifference): string {
	const sides = `${formatNs(cost.baseNs)} → ${formatNs(cost.headNs)}`;
	if (cost.baseTicks + cost.headTicks === 0) return formatNs(0);
	const noise = `± ${formatNs(CLEAR_OF_NOISE * cost.noiseNs)}`;
	return `${sides} (${differenceText(cost.differenceNs)} ${noise}${cost.clear ? "" : ", within noise"})`;
}

/** What sums of fractions leave over is not a difference. */
const differenceText = (differenceNs: number): string =>
	formatSignedNs(Math.abs(differenceNs) < 1e-3 ? 0 : differenceNs);

function paintOf({ frames, nodes }: TreeDifference, totals: readonly CostDifference[]): FlamePaint {
	const largest = totals
		.slice(1)
		.reduce((max, each) => (each.clear ? Math.max(max, Math.abs(each.differenceNs)) : max), 0);
	const only = totals.map(onlySide);
	return {
		classOf: (node) => {
			const cost = totals[node];
			if (node === 0 || cost === undefined) return "k-root";
			return `${differenceClass(cost, largest)}${only[node] === null ? "" : ` only-${only[node]}`}`;
		},
		labelOf: (node) => {
			if (node === 0) return "all CPU time";
			const side = only[node] ?? null;
			return `${side === null ? "" : `${sideMarks[side]} `}${frames[nodes[node]?.frame ?? -1]?.name ?? ""}`;
		},
		figureOf: (node) => {
			const cost = totals[node];
			if (cost === undefined) return "";
			return node === 0 || cost.clear ? unbroken(differenceText(cost.differenceNs)) : "≈";
		},
	};
}

/** By self time, so that the three figures add up to the difference of the whole. */
function groupsOf(functions: readonly FunctionDifference[], words: DifferenceWords): FlameGroup[] {
	const group = (
		label: string,
		className: string,
		what: string,
		isIn: (each: FunctionDifference) => boolean,
	): FlameGroup => {
		const found = functions.filter(isIn);
		return {
			label,
			className,
			figure: differenceText(found.reduce((sum, each) => sum + each.self.differenceNs, 0)),
			title: `The self time of functions ${what}, summed; a click shows them`,
			frames: new Set(found.map((each) => each.frame)),
		};
	};
	return [
		group(
			words.slower,
			"slower-4",
			`that are clearly slower ${words.head.place}`,
			({ self }) => self.clear && self.differenceNs > 0,
		),
		group(
			words.faster,
			"faster-4",
			`that are clearly faster ${words.head.place}`,
			({ self }) => self.clear && self.differenceNs < 0,
		),
		group("within sampling noise", UNCLEAR, "whose difference may be noise of sampling", ({ self }) => !self.clear),
	];
}

/** The innermost of the folders that has the frame's file: one worktree may lie in the other. */
function rootOf({ file }: Frame, roots: readonly string[]): string | null {
	if (file === null) return null;
	const around = roots.filter((root) => root !== "" && file.startsWith(root));
	return around.sort((a, b) => b.length - a.length)[0] ?? null;
}
