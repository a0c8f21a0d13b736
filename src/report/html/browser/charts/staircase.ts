import type { LayerEffect, Remainder } from "#src/model/matrix.js";
import { svg } from "#src/report/html/browser/dom.js";
import { HEIGHT, placeIn, stretched } from "./interval-drawing.js";
import { type Domain, domainOf } from "./scale.js";

/** A part of the way from bare to all; both ends count from bare. */
export interface Stair {
	readonly from: number;
	readonly to: number;
	/** Carries its colour. */
	readonly className: string;
}

export interface Staircase {
	readonly bare: Stair;
	/** By factor; null where it has no effect to draw. */
	readonly steps: readonly (Stair | null)[];
	readonly remainder: Stair | null;
	readonly total: Stair | null;
	readonly all: readonly Stair[];
}

/**
 * A stacked bar, unrolled so that each part lies in the row of its layer: every effect begins where the one above ends, the remainder
 * leads on to all. One that takes away goes back.
 */
export function staircase(
	effects: readonly (LayerEffect | undefined)[],
	remainder: Remainder | undefined,
	together: number | null,
): Staircase {
	let at = 0;
	const next = (change: number, className: string): Stair => {
		const from = at;
		at += change;
		return { from, to: at, className };
	};
	const bare: Stair = { from: 0, to: 0, className: "step-bare" };
	const steps = effects.map((effect) =>
		effect === undefined ? null : next(effect.change, `step-${effect.verdict.replace(" ", "-")}`),
	);
	const left = remainder === undefined ? null : next(remainder.change, "step-remainder");
	const total = together === null ? null : { from: 0, to: together, className: "step-all" };
	return { bare, steps, remainder: left, total, all: [bare, ...steps, left, total].filter((each) => each !== null) };
}

export const stairDomain = (stairs: readonly Stair[]): Domain =>
	domainOf([0, ...stairs.flatMap(({ from, to }) => [from, to])], 0.03, 1);

/** The step, with a line down to where the next one begins. */
export function stairDrawing({ from, to, className }: Stair, domain: Domain, label: string): SVGElement {
	const [left, right] = [Math.min(from, to), Math.max(from, to)].map((each) => placeIn(each, domain)) as [
		number,
		number,
	];
	const end = placeIn(to, domain);
	return stretched("stair-drawing", label, [
		svg("path", { class: "zero-line", d: `M${placeIn(0, domain)},0V${HEIGHT}` }),
		svg("rect", { class: `step ${className}`, x: left, width: Math.max(right - left, 0.4), y: 7, height: HEIGHT - 14 }),
		svg("path", { class: "step-end", d: `M${end},${HEIGHT - 7}V${HEIGHT}` }),
	]);
}
