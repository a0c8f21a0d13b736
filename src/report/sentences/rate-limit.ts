import type { LimitStep, RateLimit } from "#src/model/rate-limit.js";
import { formatQuantile, formatRate, NO_FIGURE } from "#src/report/numbers/format.js";
import { formatShareInterval } from "#src/report/numbers/shares.js";
import { formatNs } from "#src/report/numbers/times.js";

/** The search for the highest rate that holds. */

/** "p99 < 10 ms" */
const sloText = ({ slo }: RateLimit): string => `${formatQuantile(slo.quantile)} < ${formatNs(slo.maxNs)}`;

/** "p99 7.9 ms [7.5 ms … 8.4 ms]" */
export function stepLatency({ latency }: LimitStep, { slo }: RateLimit): string {
	if (latency === null) return NO_FIGURE;
	const interval =
		latency.lowNs === null || latency.highNs === null
			? ""
			: ` [${formatNs(latency.lowNs)} … ${formatNs(latency.highNs)}]`;
	return `${formatQuantile(slo.quantile)} ${formatNs(latency.valueNs)}${interval}`;
}

/** "99.7 % [99.4–99.9] within 10 ms" */
export function stepShare({ within }: LimitStep, { slo }: RateLimit): string {
	if (within === null) return NO_FIGURE;
	return `${formatShareInterval(within.share, within.low, within.high)} within ${formatNs(slo.maxNs)}`;
}

/** "held, confirming" */
export const stepVerdict = ({ verdict, confirms }: LimitStep): string => `${verdict}${confirms ? ", confirming" : ""}`;

/** The answer of a search for the highest rate, in a sentence. */
export function limitSentence(limit: RateLimit): string {
	const { endpoint, ratePerSecond, failsAtPerSecond, steps } = limit;
	const confirmed = steps.findLast(({ confirms, verdict }) => confirms && verdict === "held");
	if (ratePerSecond !== null && confirmed !== undefined) {
		const above = failsAtPerSecond === null ? "" : `; at ${formatRate(failsAtPerSecond)} it does not`;
		return `${endpoint} holds ${sloText(limit)} up to ${formatRate(ratePerSecond)} requests/s (${stepLatency(confirmed, limit)})${above}.`;
	}
	const lowest = steps.reduce((least, step) => Math.min(least, step.ratePerSecond), Number.POSITIVE_INFINITY);
	if (steps.length === 0) return `No rate was tried on ${endpoint}.`;
	return steps.every(({ verdict }) => verdict === "not held")
		? `${endpoint} does not hold ${sloText(limit)} at any rate that was tried, down to ${formatRate(lowest)} requests/s.`
		: `At which rate ${endpoint} holds ${sloText(limit)} cannot be told: no rate was confirmed. A longer --duration helps.`;
}
