import {
	CLEAR_OF_NOISE,
	type CostDifference,
	type FunctionDifference,
	type TreeDifference,
} from "../../../analyse/tree-difference.js";
import type { Frame } from "../../../model/call-tree.js";
import { formatSignificant } from "../../format.js";
import { differenceUs } from "./cost.js";
import { differenceClass, onlySide } from "./difference-colour.js";
import type { DifferenceWords } from "./difference-words.js";
import { el } from "./dom.js";
import type { FunctionColumn, FunctionList } from "./functions-table.js";

/** The functions whose own code costs more or less, with what sampling noise leaves of it. */
export function differenceFunctions(
	{ frames }: TreeDifference,
	all: readonly FunctionDifference[],
	sourceOf: (frame: Frame) => string | null,
	words: DifferenceWords,
): FunctionList {
	const functions = all.filter(({ total }) => total.baseTicks + total.headTicks > 0);
	const largestOf = (part: "self" | "total"): number =>
		functions.reduce((max, each) => Math.max(max, Math.abs(each[part].differenceNs)), 0);
	const largest = { self: largestOf("self"), total: largestOf("total") };
	const figure = (
		head: string,
		unit: string | null,
		className: string,
		order: string | null,
		write: (each: FunctionDifference, order: string) => readonly (Node | string)[],
	): FunctionColumn => ({
		head,
		unit,
		className,
		order,
		cell: (row, by) => {
			const each = functions[row];
			return each === undefined ? [] : write(each, by);
		},
	});
	const compare = (part: "self" | "total") => (a: number, b: number) =>
		Math.abs(functions[b]?.[part].differenceNs ?? 0) - Math.abs(functions[a]?.[part].differenceNs ?? 0);
	return {
		title: "What changed",
		hint: "CPU per request. Self: the function’s own code. ±: as far as sampling noise of the two profiles reaches; grey is within it.",
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
			figure(words.base.column, "self µs", "num side-column", null, ({ self }) => [sideUs(self, "base")]),
			figure(words.head.column, "self µs", "num side-column", null, ({ self }) => [sideUs(self, "head")]),
			figure("Difference", "self µs", "num share-column", "self", ({ self }) => [
				bar(self, largest.self),
				el("span", { class: self.clear ? "clear-figure" : "muted" }, differenceUs(self.differenceNs)),
			]),
			figure("Noise", "self µs", "num noise-column", null, ({ self }) => [
				el("span", { class: "muted" }, `±${formatSignificant((CLEAR_OF_NOISE * self.noiseNs) / 1e3)}`),
			]),
			figure("Clear", "of noise", "num clear-column", null, ({ self, total }) => [verdictOf(self, total)]),
			figure("Total", "change µs", "num", "total", ({ total }) => [
				el("span", { class: total.clear ? null : "muted" }, differenceUs(total.differenceNs)),
			]),
		],
		orders: [
			{ key: "self", label: "Self time", compare: compare("self") },
			{ key: "total", label: "Total time", compare: compare("total") },
		],
	};
}

const sideUs = (cost: CostDifference, side: "base" | "head"): string =>
	formatSignificant((side === "base" ? cost.baseNs : cost.headNs) / 1e3);

/** Whether it is a difference, and whether one side does not have the function at all. */
function verdictOf(self: CostDifference, total: CostDifference): Node {
	const only = onlySide(total);
	const word = self.clear ? (self.differenceNs > 0 ? "slower" : "faster") : "no";
	return el(
		"span",
		{ class: self.clear ? `clear-word ${word}` : "muted" },
		only === null || !self.clear ? word : only === "head" ? "new" : "gone",
	);
}

/** From the middle to the right where head is slower, to the left where it is faster. */
function bar(cost: CostDifference, largestNs: number): HTMLElement {
	const share = largestNs === 0 ? 0 : Math.abs(cost.differenceNs) / largestNs;
	const filled = el("i", {
		class: `bar ${differenceClass(cost, largestNs)} ${cost.differenceNs < 0 ? "to-left" : "to-right"}`,
	});
	filled.style.width = `${share * 50}%`;
	return el("span", { class: "bar-track both-ways" }, filled);
}
