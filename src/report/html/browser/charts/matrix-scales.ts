import type { LayerMetric, Matrix } from "#src/model/matrix.js";
import { formatOnScale, scaleOf } from "#src/report/numbers/layer-effects.js";
import { scaleLabels } from "./interval-drawing.js";
import { type Domain, domainOf, roundStep, ticksWithin } from "./scale.js";

/** At most so many ticks over a column of drawings. */
const TICKS = 4;

/** All intervals with the margin, and a little room. */
export const domainOfChanges = (
	changes: readonly { readonly change: number; readonly low: number | null; readonly high: number | null }[],
	margin: number,
): Domain =>
	domainOf(
		[-margin, margin, ...changes.flatMap(({ change, low, high }) => [change, low ?? change, high ?? change])],
		0.03,
		1,
	);

/** Round numbers of the unit, with 0 among them. */
export function axis(domain: Domain, metric: LayerMetric, { effects }: Matrix): HTMLElement {
	const unit = effects.find((each) => each.metric === metric)?.unit ?? "ns";
	const scale = scaleOf(unit, [domain.from, domain.to]);
	const inUnits = { from: domain.from / scale.size, to: domain.to / scale.size };
	const step = roundStep(inUnits.to - inUnits.from, TICKS);
	const decimals = Math.max(0, -Math.floor(Math.log10(step)));
	const ticks = ticksWithin(inUnits, step).map((tick) => tick * scale.size);
	return scaleLabels(
		ticks.map((at, index): readonly [number, string] => [
			at,
			`${at === 0 ? "0" : formatOnScale(at, { ...scale, decimals })}${index === ticks.length - 1 ? `\u00a0${scale.unit}` : ""}`,
		]),
		domain,
	);
}
