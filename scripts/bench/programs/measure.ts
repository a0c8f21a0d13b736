// What programs of the benchmarks that load by themselves have in common: what they count, and what they tell their parent.
import { build, initWebAssembly } from "hdr-histogram-js";

/** What the program was asked for. */
export const orderOf = <Order>(): Order => JSON.parse(process.argv[2] ?? "{}") as Order;

const LONGEST_WARMUP_MS = 30_000;
const LOOK_MS = 100;

/**
 * Tells the parent when the warm-up is over, and at the end what was counted in the seconds that count. It warms up for so long, and
 * until there are so many answers.
 */
export async function measure({
	seconds,
	warmupSeconds,
	warmupAnswers,
}: {
	readonly seconds: number;
	readonly warmupSeconds: number;
	readonly warmupAnswers: number;
}): Promise<{
	/** One more, which began then, by performance.now(). */
	readonly counted: (sinceMs: number) => void;
	readonly isOver: () => boolean;
}> {
	await initWebAssembly();
	const latencies = build({ useWebAssembly: true, lowestDiscernibleValue: 1, highestTrackableValue: 60e9 });
	let isOver = false;
	let count = 0;
	process.once("disconnect", () => process.exit());
	const since = performance.now();
	const begin = (): void => {
		const isLate = performance.now() - since > LONGEST_WARMUP_MS;
		if (count < warmupAnswers && !isLate) {
			setTimeout(begin, LOOK_MS);
			return;
		}
		latencies.reset();
		count = 0;
		const beganAt = performance.now();
		process.send?.("begun");
		setTimeout(() => {
			isOver = true;
			const percentile = (share: number): number => latencies.getValueAtPercentile(share) / 1e6;
			const latency = { p50: percentile(50), p90: percentile(90), p99: percentile(99), max: latencies.maxValue / 1e6 };
			process.send?.({ requests: count, elapsedMs: performance.now() - beganAt, latency });
		}, seconds * 1e3);
	};
	setTimeout(begin, warmupSeconds * 1e3);
	return {
		counted: (sinceMs) => {
			latencies.recordValue(Math.round((performance.now() - sinceMs) * 1e6));
			count++;
		},
		isOver: () => isOver,
	};
}
