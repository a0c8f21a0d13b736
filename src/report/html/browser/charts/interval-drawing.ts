import { el, svg } from "#src/report/html/browser/dom.js";
import { clamped, type Domain, linearScale } from "./scale.js";

/** A drawing's own coordinates; it is stretched to the width of its cell, lines and dots are not. */
const WIDTH = 100;
export const HEIGHT = 30;

/** An estimate with its interval, and the margin within which it does not matter. */
export interface IntervalMarks {
	readonly change: number | null;
	readonly low: number | null;
	readonly high: number | null;
	readonly margin: number | null;
}

export const placeIn = (value: number, domain: Domain): number => linearScale(domain, [0, WIDTH])(value);

/** A dot, its interval, the zero line and the margin as a band. What goes beyond the domain has an arrow. */
export function intervalDrawing(marks: IntervalMarks, domain: Domain, label: string): SVGElement {
	const { change, low, high, margin } = marks;
	const x = clamped(linearScale(domain, [0, WIDTH]), domain);
	const middle = HEIGHT / 2;
	const drawn: SVGElement[] = [];
	if (margin !== null) {
		drawn.push(
			svg("rect", { class: "margin-band", x: x(-margin), width: x(margin) - x(-margin), y: 0, height: HEIGHT }),
		);
	}
	drawn.push(svg("path", { class: "zero-line", d: `M${x(0)},0V${HEIGHT}` }));
	if (low !== null && high !== null) {
		const ends = [low, high].map((end): string => {
			const at = x(end);
			if (end >= domain.from && end <= domain.to) return `M${at},${middle - 5}V${middle + 5}`;
			const inward = end < domain.from ? 1.6 : -1.6;
			return `M${at + inward},${middle - 5}L${at},${middle}L${at + inward},${middle + 5}`;
		});
		drawn.push(svg("path", { class: "effect-interval", d: `M${x(low)},${middle}H${x(high)}${ends.join("")}` }));
	}
	// A line without length and with round ends stays a circle, however far the drawing is stretched.
	if (change !== null) drawn.push(svg("path", { class: "effect-dot", d: `M${x(change)},${middle}h0` }));
	return stretched("forest-drawing", label, drawn);
}

/** As wide as its cell. */
export const stretched = (className: string, label: string, marks: readonly SVGElement[]): SVGElement =>
	svg(
		"svg",
		{
			viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
			preserveAspectRatio: "none",
			class: className,
			role: "img",
			"aria-label": label,
		},
		...marks,
	);

/** The labels over a column of drawings. */
export function scaleLabels(marks: readonly (readonly [at: number, label: string])[], domain: Domain): HTMLElement {
	const labels = el("div", { class: "forest-axis" });
	for (const [index, [at, text]] of marks.entries()) {
		const isEnd = at === 0 || index === marks.length - 1;
		const label = el("span", { class: isEnd ? null : "between" }, text);
		label.style.left = `${placeIn(at, domain)}%`;
		labels.append(label);
	}
	return labels;
}
