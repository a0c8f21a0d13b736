import type { Effect, MetricName } from "#src/model/comparison.js";
import type { Outlook } from "#src/model/progress.js";

/** What the looks after each set say of when they will be enough. */
interface LooksSoFar {
	readonly effects: readonly Effect[];
	/** Whose decision ends the measurement. */
	readonly primary: readonly MetricName[];
	readonly sets: number;
	readonly firstLook: number;
	/** Since the beginning: when the last set ended, and now. */
	readonly lookedAtMs: number;
	readonly nowMs: number;
	readonly withinMs: number;
	readonly untilTimeIsOver: boolean;
}

/** When there should be a verdict, if things stay as they were after the last set. */
export function outlookOf(looks: LooksSoFar): Outlook {
	const { sets, firstLook, lookedAtMs, nowMs, withinMs } = looks;
	const leftMs = Math.max(0, withinMs - nowMs);
	if (looks.untilTimeIsOver) return { kind: "by time", leftMs };
	if (sets === 0) return { kind: "at most", ms: withinMs };
	const decidedAtMs = whenDecided(looks);
	const firstLookAtMs = (firstLook * lookedAtMs) / sets;
	if ((decidedAtMs ?? firstLookAtMs) > withinMs) return { kind: "too late", leftMs };
	if (decidedAtMs !== null) return { kind: "expected", ms: Math.max(0, decidedAtMs - nowMs) };
	// From the first look on a metric that nobody can say when to decide will not be decided.
	return sets < firstLook
		? { kind: "at the earliest", ms: Math.max(0, firstLookAtMs - nowMs) }
		: { kind: "too late", leftMs };
}

/** Since the beginning; null where one that has to be decided has been seen too seldom to tell. */
function whenDecided({ effects, primary, lookedAtMs }: LooksSoFar): number | null {
	const open = effects.filter(({ metric, verdict }) => primary.includes(metric) && verdict === "cannot tell");
	let longestMs = 0;
	for (const { secondsToDecide, setSd } of open) {
		if (secondsToDecide === null && setSd === null) return null;
		longestMs = Math.max(longestMs, (secondsToDecide ?? Number.POSITIVE_INFINITY) * 1e3);
	}
	return lookedAtMs + longestMs;
}
