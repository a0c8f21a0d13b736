import {
	CLEAR_OF_NOISE,
	type CostDifference,
	type FunctionDifference,
	type TreeDifference,
} from "#src/analyse/call-tree/difference.js";
import type { Frame } from "#src/model/call-tree.js";
import { el } from "#src/report/html/browser/dom.js";
import type { CostUnit } from "#src/report/numbers/cost-unit.js";
import { bareDifference } from "./cost.js";
import { differenceClass, onlySide } from "./difference-colour.js";
import type { DifferenceWords } from "./difference-words.js";
import type { FunctionColumn, FunctionList } from "./functions-table.js";

/** The functions whose own code costs more or less, with what sampling noise leaves of it. */
export function differenceFunctions(
	{ frames }: TreeDifference,
	all: readonly FunctionDifference[],
	sourceOf: (frame: Frame) => string | null,
	{ words, unit }: { readonly words: DifferenceWords; readonly unit: CostUnit },
): FunctionList {
	const functions = all.filter(({ total }) => total.baseTicks + total.headTicks > 0);
	const largestOf = (part: "self" | "total"): number =>
		functions.reduce((max, each) => Math.max(max, Math.abs(each[part].difference)), 0);
	const selfUnit = `self ${unit.bareUnit}`;
	const largest = { self: largestOf("self"), total: largestOf("total") };
	const figure = (
		head: string,
		subtitle: string | null,
		className: string,
		order: string | null,
		write: (each: FunctionDifference, order: string) => readonly (Node | string)[],
	): FunctionColumn => ({
		head,
		unit: subtitle,
		className,
		order,
		cell: (row, by) => {
			const each = functions[row];
			return each === undefined ? [] : write(each, by);
		},
	});
	const compare = (part: "self" | "total") => (a: number, b: number) =>
		Math.abs(functions[b]?.[part].difference ?? 0) - Math.abs(functions[a]?.[part].difference ?? 0);
	return {
		title: "What changed",
		hint: `${unit.title} per request. Self: the function’s own code. ±: as far as sampling noise of the two profiles reaches; grey is within it.`,
		rows: functions.map(({ frame: index, self }) => {
			const frame = frames[index];
			return {
				frame: index,
				name: frame?.name ?? "",
				file: frame?.file ?? null,
				source: frame === undefined ? null : sourceOf(frame),
				swatch: differenceClass(self, largest.self),
			};
		}),
		columns: [
			figure(words.base.column, selfUnit, "num side-column", null, ({ self }) => [unit.bare(self.baseCost)]),
			figure(words.head.column, selfUnit, "num side-column", null, ({ self }) => [unit.bare(self.headCost)]),
			figure("Difference", selfUnit, "num share-column", "self", ({ self }) => [
				bar(self, largest.self),
				el("span", { class: self.clear ? "clear-figure" : "muted" }, bareDifference(unit, self.difference)),
			]),
			figure("Noise", selfUnit, "num noise-column", null, ({ self }) => [
				el("span", { class: "muted" }, `±${unit.bare(CLEAR_OF_NOISE * self.noise)}`),
			]),
			figure("Clear", "of noise", "num clear-column", null, ({ self, total }) => [verdictOf(self, total, unit)]),
			figure("Total", `change ${unit.bareUnit}`, "num", "total", ({ total }) => [
				el("span", { class: total.clear ? null : "muted" }, bareDifference(unit, total.difference)),
			]),
		],
		orders: [
			{ key: "self", label: unit.self, compare: compare("self") },
			{ key: "total", label: unit.total, compare: compare("total") },
		],
	};
}

/** Whether it is a difference, and whether one side does not have the function at all. */
function verdictOf(self: CostDifference, total: CostDifference, unit: CostUnit): Node {
	const only = onlySide(total);
	const kind = self.difference > 0 ? "slower" : "faster";
	const word = self.clear ? (self.difference > 0 ? unit.more : unit.less) : "no";
	return el(
		"span",
		{ class: self.clear ? `clear-word ${kind}` : "muted" },
		only === null || !self.clear ? word : only === "head" ? "new" : "gone",
	);
}

/** From the middle to the right where head is slower, to the left where it is faster. */
function bar(cost: CostDifference, largest: number): HTMLElement {
	const share = largest === 0 ? 0 : Math.abs(cost.difference) / largest;
	const filled = el("i", {
		class: `bar ${differenceClass(cost, largest)} ${cost.difference < 0 ? "to-left" : "to-right"}`,
	});
	filled.style.width = `${share * 50}%`;
	return el("span", { class: "bar-track both-ways" }, filled);
}
