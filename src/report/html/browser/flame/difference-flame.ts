import {
	CLEAR_OF_NOISE,
	type CostDifference,
	costOf,
	type FunctionDifference,
	functionDifferences,
	subtreeDifferences,
	type TreeDifference,
} from "#src/analyse/call-tree/difference.js";
import type { Frame } from "#src/model/call-tree.js";
import { el, foreign, unbroken } from "#src/report/html/browser/dom.js";
import { type FlameLayout, layOutDifference, matchSum } from "#src/report/html/flame-layout.js";
import { kindLabel, sourceLabel } from "#src/report/labels/frame.js";
import type { CostUnit } from "#src/report/numbers/cost-unit.js";
import { formatCount } from "#src/report/numbers/format.js";
import { allOf } from "./cost.js";
import { differenceClass, onlySide, sideMarks, UNCLEAR } from "./difference-colour.js";
import { differenceFunctions } from "./difference-functions.js";
import type { DifferenceWords } from "./difference-words.js";
import type { FlameGroup, FlameView } from "./flame-view.js";
import type { FlamePaint } from "./flamegraph.js";
import type { FunctionList } from "./functions-table.js";
import { hintLine } from "./hint-line.js";

/** How a difference is told: the folders of the two sides, what the sides are called, and what the cost is. */
export interface DifferenceSetting {
	readonly roots: readonly string[];
	readonly words: DifferenceWords;
	readonly unit: CostUnit;
}

/** Two profiles in one drawing: widths are what the costlier side costs, colours say which way it moved. */
export class DifferenceFlame implements FlameView {
	readonly title: string;
	readonly colourings = [];
	readonly layout: FlameLayout;
	readonly paint: FlamePaint;
	readonly functions: FunctionList;
	readonly groups: readonly FlameGroup[];
	readonly marks: readonly string[];
	readonly #difference: TreeDifference;
	readonly #totals: readonly CostDifference[];
	readonly #words: DifferenceWords;
	readonly #unit: CostUnit;
	readonly #sourceOf: (frame: Frame) => string | null;

	constructor(difference: TreeDifference, { roots, words, unit }: DifferenceSetting) {
		this.#difference = difference;
		this.#words = words;
		this.#unit = unit;
		this.title = unit.title;
		this.marks = (["head", "base"] as const).map((side) => `${sideMarks[side]} only ${words[side].place}`);
		this.#sourceOf = (frame) => sourceLabel(frame, rootOf(frame, roots));
		this.layout = layOutDifference(difference);
		this.#totals = subtreeDifferences(difference);
		this.paint = paintOf(difference, this.#totals, unit);
		const functions = functionDifferences(difference);
		this.groups = groupsOf(functions, words, unit);
		this.functions = differenceFunctions(difference, functions, this.#sourceOf, { words, unit });
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
		return `total ${costText(total, this.#unit)}, self ${costText(self, this.#unit)}`;
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
			el("p", {}, unbroken(`total ${costText(total, this.#unit)} · self ${costText(self, this.#unit)} per request`)),
		];
	}

	#describeWhole(): HTMLElement[] {
		const [whole] = this.#totals;
		const unit = this.#unit;
		const ticks = (count: number): string => formatCount(Math.round(count));
		const text =
			whole === undefined
				? ""
				: `${unit.format(whole.baseCost)} ${unit.suffix} per request ${this.#words.base.place}, ${unit.format(whole.headCost)} ${this.#words.head.place}: ${differenceText(whole.difference, unit)}, shared out by ${ticks(whole.baseTicks)} and ${ticks(whole.headTicks)} ${unit.samples}.`;
		return [el("p", {}, unbroken(text)), hintLine("widths: the costlier side")];
	}
}

/** "101 µs → 123 µs: +22.0 µs ± 3.10 µs", or that it may be noise. */
function costText(cost: CostDifference, unit: CostUnit): string {
	const sides = `${unit.format(cost.baseCost)} → ${unit.format(cost.headCost)}`;
	if (cost.baseTicks + cost.headTicks === 0) return unit.format(0);
	const noise = `± ${unit.format(CLEAR_OF_NOISE * cost.noise)}`;
	return `${sides} (${differenceText(cost.difference, unit)} ${noise}${cost.clear ? "" : ", within noise"})`;
}

/** What sums of fractions leave over is not a difference. */
const differenceText = (difference: number, unit: CostUnit): string =>
	unit.signed(Math.abs(difference) < 1e-3 ? 0 : difference);

function paintOf({ frames, nodes }: TreeDifference, totals: readonly CostDifference[], unit: CostUnit): FlamePaint {
	const largest = totals
		.slice(1)
		.reduce((max, each) => (each.clear ? Math.max(max, Math.abs(each.difference)) : max), 0);
	const only = totals.map(onlySide);
	return {
		classOf: (node) => {
			const cost = totals[node];
			if (node === 0 || cost === undefined) return "k-root";
			return `${differenceClass(cost, largest)}${only[node] === null ? "" : ` only-${only[node]}`}`;
		},
		labelOf: (node) => {
			if (node === 0) return allOf(unit);
			const side = only[node] ?? null;
			return `${side === null ? "" : `${sideMarks[side]} `}${frames[nodes[node]?.frame ?? -1]?.name ?? ""}`;
		},
		figureOf: (node) => {
			const cost = totals[node];
			if (cost === undefined) return "";
			return node === 0 || cost.clear ? unbroken(differenceText(cost.difference, unit)) : "≈";
		},
	};
}

/** By self time, so that the three figures add up to the difference of the whole. */
function groupsOf(functions: readonly FunctionDifference[], words: DifferenceWords, unit: CostUnit): FlameGroup[] {
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
			figure: differenceText(
				found.reduce((sum, each) => sum + each.self.difference, 0),
				unit,
			),
			title: `${unit.self} of functions ${what}, summed; a click shows them`,
			frames: new Set(found.map((each) => each.frame)),
		};
	};
	return [
		group(
			`${unit.more} ${words.head.place}`,
			"slower-4",
			`that clearly cost more ${words.head.place}`,
			({ self }) => self.clear && self.difference > 0,
		),
		group(
			`${unit.less} ${words.head.place}`,
			"faster-4",
			`that clearly cost less ${words.head.place}`,
			({ self }) => self.clear && self.difference < 0,
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
