/** The changes that are asked about, and what is true of them. */
import type { Verdict } from "#src/model/comparison.js";

/** What head does more than base: words for inject.cjs, or so large a share of what a request of the app costs. */
export type Change =
	| { readonly kind: "words"; readonly inject: string }
	| { readonly kind: "share"; readonly of: "cpu" | "alloc"; readonly share: number };

interface AnyCase {
	readonly change: Change;
	/** As on the command line; null: the margins of the command. */
	readonly failOn: string | null;
	readonly truth: Verdict;
	/** A process that burns a core half of the time runs beside it. */
	readonly neighbour: boolean;
}

/** Is a change of one metric detected? Margins are half of the change that is looked for, so that what decides is the interval. */
export interface DetectionCase extends AnyCase {
	readonly kind: "detection";
	/** That has to be named; null: the verdict alone counts. */
	readonly metric: string | null;
	/** That must not be named. */
	readonly not: string | null;
	/** Seconds, on the simple server and on the others. */
	readonly withinS: { readonly simple: number; readonly other: number };
}

/** The true size of a change in one metric, and where that is known from. */
export type TrueSize =
	/** Relative to base. */
	| { readonly kind: "relative"; readonly metric: string; readonly share: number }
	/** In milliseconds. */
	| { readonly kind: "added"; readonly metric: string; readonly ms: number }
	/** What a client that is not ours measures just before, one request at a time: head − base of the median. */
	| { readonly kind: "measured"; readonly metric: "p50" };

/** Does the headline say what a user has to know first, and how large it is? Metrics by what their names match. */
export interface HeadlineCase extends AnyCase {
	readonly kind: "headline";
	/** For people. */
	readonly what: string;
	readonly withinS: number;
	/** A headline that begins with one of these is right; null: the verdict alone counts. */
	readonly leads: RegExp | null;
	/** Has to be named beside it; null: nothing. */
	readonly alsoNamed: string | null;
	/** The function that has to stand first of those that changed; null: none need be named. */
	readonly names: string | null;
	/** Metrics that may be said to have regressed: they have, or nobody knows. */
	readonly mayRegress: RegExp;
	/** And to have improved. */
	readonly mayImprove: RegExp;
	readonly size: TrueSize;
}

export type Case = DetectionCase | HeadlineCase;

type DetectionWords = Partial<Omit<DetectionCase, "kind" | "change">> & Pick<DetectionCase, "failOn">;

const detection = (change: Change, words: DetectionWords): DetectionCase => ({
	kind: "detection",
	change,
	truth: "regressed",
	metric: null,
	not: null,
	neighbour: false,
	withinS: { simple: 40, other: 75 },
	...words,
});

const inject = (words: string): Change => ({ kind: "words", inject: words });
const more = (of: "cpu" | "alloc", share: number): Change => ({ kind: "share", of, share });
const NOTHING = inject("none");

const moreCpu = (share: number, failOn: string, withinS = { simple: 40, other: 75 }): DetectionCase =>
	detection(more("cpu", share), { failOn, metric: "cpu", withinS });
const TAILS = "cpu=10%,p50=10%,p99=10%,p99.9=25%";

type HeadlineWords = Partial<Omit<HeadlineCase, "kind" | "what" | "change">> & Pick<HeadlineCase, "size">;

const headline = (what: string, change: Change, words: HeadlineWords): HeadlineCase => ({
	kind: "headline",
	what,
	change,
	failOn: null,
	truth: "regressed",
	neighbour: false,
	withinS: 60,
	leads: null,
	alsoNamed: null,
	names: null,
	mayRegress: NONE,
	mayImprove: NONE,
	...words,
});

const NONE = /^$/;
const ANY = /./;
const LATENCY_OR_CPU = /^(cpu|(loaded-)?p[\d.]+|loaded-slow)$/;

/** More CPU by so much. A lone request takes longer by the same time, and all of them do under load. */
const dearer = (what: string, share: number, words: Partial<HeadlineCase>): HeadlineCase =>
	headline(what, more("cpu", share), {
		leads: LATENCY_OR_CPU,
		mayRegress: LATENCY_OR_CPU,
		size: { kind: "relative", metric: "cpu", share },
		...words,
	});

export const cases = {
	none: detection(NOTHING, { failOn: "cpu=2%", truth: "no change" }),
	cpu1: moreCpu(0.01, "cpu=0.5%", { simple: 120, other: 120 }),
	cpu2: moreCpu(0.02, "cpu=1%", { simple: 80, other: 150 }),
	cpu5: moreCpu(0.05, "cpu=2.5%"),
	cpu10: moreCpu(0.1, "cpu=5%"),
	alloc300: detection(inject("alloc:300"), { failOn: "alloc=0.5%", metric: "alloc" }),
	alloc2: detection(more("alloc", 0.02), { failOn: "alloc=1%", metric: "alloc" }),
	await1: detection(inject("await:1"), { failOn: TAILS, metric: "p50", not: "cpu" }),
	stall: detection(inject("stall:20:200"), { failOn: TAILS, metric: "p99.9", not: "cpu" }),
	refactor: detection(inject("refactor"), { failOn: "cpu=2%", truth: "no change" }),
	neighbour: detection(NOTHING, { failOn: "cpu=2%", truth: "no change", neighbour: true }),

	// Under load the wait spreads requests, which moves CPU and the tails there one way or the other.
	"waits-1ms": headline("awaits 1 ms", inject("await:1"), {
		leads: /^p[\d.]+$/,
		mayRegress: ANY,
		mayImprove: /^(cpu|loaded-.*)$/,
		size: { kind: "measured", metric: "p50" },
	}),
	// Reading the clock allocates.
	"spins-20ms": headline("1 request of 200 holds the thread for 20 ms", inject("spin:20:200"), {
		leads: /^(p99|p99\.9|loaded-p9[\d.]+|loaded-slow)$/,
		mayRegress: ANY,
		size: { kind: "added", metric: "p99.9", ms: 20 },
	}),
	"bytes-5": headline("+5 % of bytes", more("alloc", 0.05), {
		leads: /^alloc$/,
		mayRegress: /^alloc$/,
		size: { kind: "relative", metric: "alloc", share: 0.05 },
	}),
	"dearer-4": dearer("+4 % of CPU, in one function", 0.04, { names: "burn" }),
	"dearer-10": dearer("+10 % of CPU", 0.1, { alsoNamed: "cpu" }),
	"factor-3": dearer("3 times the CPU", 2, { withinS: 15 }),
	"factor-3-in-10s": dearer("3 times the CPU", 2, { withinS: 10 }),
	same: headline("nothing", NOTHING, {
		failOn: "cpu=3%,p50=5%",
		truth: "no change",
		size: { kind: "relative", metric: "cpu", share: 0 },
	}),
} as const satisfies Record<string, Case>;
export type CaseName = keyof typeof cases;
export const caseNames = Object.keys(cases) as CaseName[];

/** Undefined for a case that there is no more. */
export const caseOf = (name: string): Case | undefined =>
	caseNames.includes(name as CaseName) ? cases[name as CaseName] : undefined;

/** The time limit, in seconds. */
export function withinOf(test: Case, app: string): number {
	if (test.kind === "headline") return test.withinS;
	return app === "simple" ? test.withinS.simple : test.withinS.other;
}
