import type { Effect, MetricName } from "#src/model/comparison.js";
import type { CostChange } from "#src/model/function-verdicts.js";
import type { JudgedCosts } from "./judge-functions.js";

/** CPU that is less than this part of what a request takes longer is none of it. */
const LITTLE = 0.1;

/**
 * Where a lone request takes longer or shorter and that is no CPU, it waits. A timer, one more turn of the loop for each request, answers
 * that leave one by one: Node's own functions run that, and they do cost more. They are told as its price, as whoever looks for what
 * changed must not look there; functions of the application and of its packages keep their verdict.
 */
export function priceOfWaiting<Judged extends JudgedCosts>(judged: Judged, effects: readonly Effect[]): Judged {
	if (!waitsDiffer(effects)) return judged;
	return {
		...judged,
		changed: judged.changed.map((each) => (isRunByNode(each) ? { ...each, verdict: "waiting" } : each)),
	};
}

const isRunByNode = ({ frame, verdict }: CostChange): boolean =>
	verdict !== "moved" && frame.kind !== "app" && frame.kind !== "dependency";

function waitsDiffer(effects: readonly Effect[]): boolean {
	const known = (metric: MetricName): Effect | undefined =>
		effects.find((each) => each.metric === metric && each.base !== null && each.head !== null);
	const [latency, cpu] = [known("p50") ?? known("loaded-p50"), known("cpu")];
	if (latency === undefined || cpu === undefined || latency.low === null || latency.high === null) return false;
	const isDifferent = latency.low > 0 || latency.high < 0;
	return isDifferent && Math.abs(differenceOf(cpu)) < LITTLE * Math.abs(differenceOf(latency));
}

const differenceOf = ({ base, head }: Effect): number => (head ?? 0) - (base ?? 0);
