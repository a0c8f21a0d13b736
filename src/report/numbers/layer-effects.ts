import type { LayerEffect, LayerMetric } from "#src/model/matrix.js";
import { formatBytes } from "./bytes.js";
import { formatRate, NO_FIGURE, signed } from "./format.js";
import { formatNs } from "./times.js";

/** How the figures of layers are written, for every view of a matrix alike. */

/** An effect or a remainder. */
export type Change = Pick<LayerEffect, "metric" | "unit" | "change" | "low" | "high">;

/** The figure of a variant: 182 µs, 9.19 KiB, 5,210. */
export function formatLevel(metric: LayerMetric, value: number | null): string {
	if (value === null) return NO_FIGURE;
	switch (metric) {
		case "cpu":
		case "p50":
		case "p99":
		case "loaded-p50":
		case "loaded-p99":
			return formatNs(value);
		case "alloc":
			return formatBytes(value);
		case "rps":
			return formatRate(value);
	}
}

/** A unit in which some numbers are written, all with as many decimals. */
export interface Scale {
	readonly size: number;
	readonly unit: string;
	readonly decimals: number;
}

const units: Readonly<Record<Change["unit"], readonly (readonly [string, number])[]>> = {
	ns: [
		["ns", 1],
		["µs", 1e3],
		["ms", 1e6],
		["s", 1e9],
	],
	bytes: [
		["B", 1],
		["KiB", 1024],
		["MiB", 1024 ** 2],
		["GiB", 1024 ** 3],
	],
	"1/s": [["requests/s", 1]],
};

/** The unit in which the largest of `values` has one to three digits before the point. */
export function scaleOf(unit: Change["unit"], values: readonly number[]): Scale {
	const largest = values.reduce((max, each) => Math.max(max, Math.abs(each)), 0);
	const candidates = units[unit];
	const [name, size] = candidates.findLast(([, each]) => largest >= each) ?? candidates[0] ?? ["", 1];
	const value = largest / size;
	return { size, unit: name, decimals: name === "B" || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2 };
}

const scaleOfChange = ({ unit, change, low, high }: Change): Scale => scaleOf(unit, [change, low ?? 0, high ?? 0]);

/** Without the unit, for a column that carries it in its head: +21.3, −0.40, −1,640. */
export const formatOnScale = (value: number, { size, decimals }: Scale, plus = "+"): string =>
	signed(value / size, decimals, plus);

/** +21.3 µs, −340 B; `plain` leaves the sign out, for "costs …" and "saves …". */
export function formatLayerChange(change: Change, sign: "signed" | "plain" = "signed"): string {
	return `${changeOnScale(change, sign)} ${scaleOfChange(change).unit}`;
}

/** The same where the row says what is counted: −340 instead of −340 requests/s. */
export const formatLayerChangeInRow = (change: Change): string =>
	change.unit === "1/s" ? changeOnScale(change, "signed") : formatLayerChange(change);

function changeOnScale(change: Change, sign: "signed" | "plain"): string {
	const value = sign === "plain" ? Math.abs(change.change) : change.change;
	return formatOnScale(value, scaleOfChange(change), sign === "plain" ? "" : "+");
}

/**
 * [19.8 … 22.9], turned over where a decrease is told without its sign.
 * @param scale of the column that it stands in; not given: the unit of the change beside it
 */
export function formatLayerInterval(
	change: Change,
	sign: "signed" | "plain" = "signed",
	scale: Scale = scaleOfChange(change),
): string {
	const { low, high } = change;
	if (low === null || high === null) return NO_FIGURE;
	const ends = sign === "plain" && change.change < 0 ? [-high, -low] : [low, high];
	return `[${ends.map((each) => formatOnScale(each, scale, "")).join(" … ")}]`;
}

/** Change and interval in one. */
export const formatLayerEffect = (change: Change, sign: "signed" | "plain" = "signed"): string =>
	change.low === null
		? formatLayerChange(change, sign)
		: `${formatLayerChange(change, sign)} ${formatLayerInterval(change, sign)}`;

/** How far the interval reaches to its farther side; null without an interval. */
export const reachOf = ({ change, low, high }: Change): number | null =>
	low === null || high === null ? null : Math.max(high - change, change - low);
