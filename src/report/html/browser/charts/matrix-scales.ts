import type { LayerMetric, Matrix } from "#src/model/matrix.js";
import { formatOnScale, scaleOf } from "#src/report/numbers/layer-effects.js";
import { type Domain, scaleLabels } from "./interval-drawing.js";

/** At most so many ticks over a column of drawings. */
const TICKS = 4;

/** All intervals with the margin, and a little room. */
export function domainOf(
	changes: readonly { readonly change: number; readonly low: number | null; readonly high: number | null }[],
	margin: number,
): Domain {
	const values = changes.flatMap(({ change, low, high }) => [change, low ?? change, high ?? change]);
	const [from, to] = [Math.min(-margin, ...values), Math.max(margin, ...values)];
	const room = (to - from) * 0.03 || 1;
	return { from: from - room, to: to + room };
}

/** Round numbers of the unit, with 0 among them. */
export function axis(domain: Domain, metric: LayerMetric, { effects }: Matrix): HTMLElement {
	const unit = effects.find((each) => each.metric === metric)?.unit ?? "ns";
	const scale = scaleOf(unit, [domain.from, domain.to]);
	const rough = (domain.to - domain.from) / scale.size / TICKS;
	const power = 10 ** Math.floor(Math.log10(rough));
	const step = ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10) * power;
	const first = Math.ceil(domain.from / scale.size / step);
	const last = Math.floor(domain.to / scale.size / step);
	const decimals = Math.max(0, -Math.floor(Math.log10(step)));
	return scaleLabels(
		Array.from({ length: last - first + 1 }, (_, index): readonly [number, string] => {
			const at = (first + index) * step * scale.size;
			const isLast = first + index === last;
			return [
				at,
				`${at === 0 ? "0" : formatOnScale(at, { ...scale, decimals })}${isLast ? `\u00a0${scale.unit}` : ""}`,
			];
		}),
		domain,
	);
}
