import { accountOf } from "#src/analyse/comparison/lead.js";
import type { Comparison, Effect } from "#src/model/comparison.js";
import { wordsOf } from "#src/report/labels/metrics.js";
import { formatBytes } from "#src/report/numbers/bytes.js";
import { formatEffect, formatSideOfEffect } from "#src/report/numbers/effects.js";
import { formatCount } from "#src/report/numbers/format.js";
import { formatNs } from "#src/report/numbers/times.js";

/** The first sentence where two sides differ: what changed most that people mind, and what it is made of. */
export function differenceClause(comparison: Comparison, effect: Effect, endpoint: string, names: SideNames): string {
	const more = (effect.change ?? 0) >= 0;
	const amount = formatEffect(effect, "plain");
	const sides = `on ${names.head} than on ${names.base}`;
	switch (effect.metric) {
		case "errors":
			return `${wordsOf("errors").noun} of ${endpoint} is ${amount} ${more ? "higher" : "lower"} ${sides} (${formatSideOfEffect(effect, effect.head)} against ${formatSideOfEffect(effect, effect.base)})`;
		case "p50":
		case "p90":
			return `${lone(comparison)} ${endpoint} takes ${differenceOf(effect)} ${more ? "longer" : "less"} ${sides}: ${latencyFigures(effect)}${ofWhat(comparison, effect)}`;
		case "loaded-p50":
			return `${endpoint} takes ${differenceOf(effect)} ${more ? "longer" : "less"} ${sides}: ${latencyFigures(effect)}${ofWhat(comparison, effect)}`;
		case "p99":
		case "p99.9":
		case "loaded-p99":
		case "loaded-slow":
			return tailClause(comparison, effect, endpoint, names);
		case "cpu":
			return `${endpoint} costs ${amount} ${more ? "more" : "less"} CPU a request ${sides}${ofWhat(comparison, effect)}`;
		case "alloc":
			return `${endpoint} allocates ${amount} ${more ? "more" : "less"} a request ${sides}`;
	}
}

export interface SideNames {
	readonly base: string;
	readonly head: string;
}

/** One client at a time, unless the user wants light load to be another. */
const lone = ({ design: { light } }: Comparison): string =>
	light.kind === "closed" && light.clients === 1 ? "a lone" : "a lightly loaded";

/** "p50 +968 % [900 … 1,040], 130 µs → 1.37 ms" */
const latencyFigures = (effect: Effect): string =>
	`${wordsOf(effect.metric).row} ${formatEffect(effect)}, ${formatSideOfEffect(effect, effect.base)} → ${formatSideOfEffect(effect, effect.head)}`;

const differenceOf = ({ base, head }: Effect): string => formatNs(Math.abs((head ?? 0) - (base ?? 0)));

/** "one GET / in 203 takes 20.1 ms and more on head that does not on base: p99.9 +5,100 % […], 0.4 → 21 ms" */
function tailClause(comparison: Comparison, effect: Effect, endpoint: string, { base, head }: SideNames): string {
	const { tail, verdict } = comparison;
	const more = (effect.change ?? 0) >= 0;
	if (tail === null || (tail.slower === "head") !== (verdict === "regressed")) {
		if (effect.metric === "loaded-slow") {
			const figures = `${formatSideOfEffect(effect, effect.base)} → ${formatSideOfEffect(effect, effect.head)}`;
			return `under load ${formatEffect(effect, "plain")} ${more ? "more" : "fewer"} answers of ${endpoint} take three times as long as most on ${head} than on ${base}: ${figures}`;
		}
		return `${wordsOf(effect.metric).noun} of ${endpoint} is ${formatEffect(effect, "plain")} ${more ? "higher" : "lower"} on ${head} than on ${base}`;
	}
	const [slower, other] = tail.slower === "head" ? [head, base] : [base, head];
	return `one ${endpoint} in ${formatCount(1 / tail.share)} takes ${formatNs(tail.ns)} and more on ${slower} that would not on ${other}: ${latencyFigures(effect)}`;
}

function ofWhat(comparison: Comparison, effect: Effect): string {
	const account = accountOf(comparison, effect);
	const more = (effect.change ?? 0) >= 0;
	switch (account?.kind) {
		case undefined:
			return "";
		case "waiting":
			return more ? "; it waits, CPU is not more" : "; it waits less, CPU is not less";
		case "cpu":
			return account.all
				? `; it is CPU, ${formatNs(account.ns)}`
				: `; ${formatNs(account.ns)} of it is CPU, the rest is waiting`;
		case "collecting":
			return `; ${formatNs(account.ns)} of it is for collecting ${formatBytes(account.bytes)} ${more ? "more" : "less"} garbage`;
	}
}
