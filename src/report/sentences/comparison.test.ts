import { describe, expect, it } from "vitest";
import { describeFrame } from "#src/analyse/call-tree/frame-kind.js";
import type { Comparison, Effect, MetricName, SideOfSet } from "#src/model/comparison.js";
import { comparisonSample } from "../../../test/fixtures/report/comparison-sample.js";
import { calibrationAnswer } from "./calibration.js";
import { comparisonAnswer, methodSentence, sideName } from "./comparison.js";

const sample = (): Comparison => comparisonSample();

/** The sample with another verdict and with some effects changed. */
function comparison(
	verdict: Comparison["verdict"],
	changes: Partial<Record<MetricName, Partial<Effect>>> = {},
	others: Partial<Comparison> = {},
): Comparison {
	const before = sample();
	return {
		...before,
		verdict,
		effects: before.effects.map((effect) => ({ ...effect, ...changes[effect.metric] })),
		...others,
	};
}

const still = { change: 0.001, low: -0.004, high: 0.006, verdict: "no change" } as const;
const sentence = (compared: Comparison): string => {
	const { verdict, rest, besides } = comparisonAnswer(compared, "GET /items");
	return [`${verdict}${rest}`, ...besides].join("");
};

describe("the sentence of a comparison", () => {
	it("says how much more a request costs, on which side, and what else is known", () => {
		expect(sentence(comparison("regressed"))).toBe(
			"Regressed: GET /items costs 5.2 % [4.1 … 6.3] more CPU a request on head (working tree) than on base (main 1a2b3c4d). Not settled: p50 latency.",
		);
	});

	it("calls the sides by their names alone where their labels do not tell them apart", () => {
		const label = "node server.js with REDACT";
		const [base, head] = sample().sides;
		const said = sentence(
			comparison(
				"regressed",
				{},
				{
					sides: [
						{ ...base, label },
						{ ...head, label },
					],
				},
			),
		);
		expect(said).toMatch(
			/^Regressed: GET \/items costs 5\.2 % \[4\.1 … 6\.3\] more CPU a request on head than on base\. /,
		);
	});

	it("calls them so as well where the labels are cut before they differ", () => {
		const long = `node --require ./a/very/long/path/to/something.cjs server-of-${"x".repeat(20)}`;
		const [base, head] = sample().sides;
		const sides = [
			{ ...base, label: `${long}-1.js` },
			{ ...head, label: `${long}-2.js` },
		] as const;
		expect(sentence(comparison("regressed", {}, { sides }))).toContain(" on head than on base.");
	});

	it("turns the interval over with an improvement", () => {
		const cpu = { change: -0.052, low: -0.063, high: -0.041, verdict: "improved" } as const;
		expect(sentence(comparison("improved", { cpu }))).toMatch(
			/^Improved: GET \/items costs 5\.2 % \[4\.1 … 6\.3\] less CPU a request on head/,
		);
	});

	it("calls a latency a latency where CPU did not change", () => {
		const p99 = { change: 0.2, low: 0.14, high: 0.26, verdict: "regressed" } as const;
		const said = sentence(comparison("regressed", { cpu: still, p99 }));
		expect(said).toMatch(/^Regressed: p99 latency of GET \/items is 20\.0 % \[14\.0 … 26\.0\] higher on head/);
		expect(said).toMatch(/No change: .*CPU/);
	});

	it("puts what people wait for before CPU, and of that what moved most against its margin", () => {
		const p99 = { change: 0.2, low: 0.14, high: 0.26, verdict: "regressed" } as const;
		const p50 = { change: 0.5, low: 0.45, high: 0.55, verdict: "regressed" } as const;
		const said = sentence(comparison("regressed", { p50, p99 }));
		expect(said).toMatch(/^Regressed: a lone GET \/items takes .* longer on head .*: p50 \+50\.0 % \[45\.0 … 55\.0\]/);
		expect(said).toContain("Also regressed: CPU +5.2 % [4.1 … 6.3]; p99 latency +20.0 % [14.0 … 26.0].");
	});

	it("puts failures before everything, and bytes behind CPU however much they moved", () => {
		const regressed = (change: number, margin: number) =>
			({ change, margin, low: change * 0.9, high: change * 1.1, verdict: "regressed" }) as const;
		const [errors, p50, alloc] = [regressed(0.01, 0.001), regressed(0.5, 0.05), regressed(3, 0.02)];
		expect(sentence(comparison("regressed", { errors, p50, alloc }))).toMatch(/^Regressed: the share of failed/);
		expect(sentence(comparison("regressed", { alloc }))).toMatch(/^Regressed: GET \/items costs 5\.2 %/);
		expect(sentence(comparison("regressed", { alloc, cpu: still }))).toMatch(/^Regressed: GET \/items allocates 300/);
	});

	it("says what a latency is made of: waiting, or CPU", () => {
		const waits = { base: 130e3, head: 1_390e3, change: 9.7, low: 9.1, high: 10.2, verdict: "regressed" } as const;
		const cpu = { ...still, base: 60e3, head: 60.1e3 };
		expect(sentence(comparison("regressed", { p50: waits, cpu }))).toMatch(
			/takes 1\.26 ms longer on head .*: p50 \+970 % \[910 … 1,020\], 130 µs → 1\.39 ms; it waits, CPU is not more\./,
		);
		const works = { base: 130e3, head: 139e3, change: 0.07, low: 0.06, high: 0.08, verdict: "regressed" } as const;
		const dearer = { base: 60e3, head: 68e3, change: 0.13, low: 0.12, high: 0.14, verdict: "regressed" } as const;
		expect(sentence(comparison("regressed", { p50: works, cpu: dearer }))).toContain("; it is CPU, 8.00 µs.");
		expect(sentence(comparison("regressed", { p50: waits, cpu: { ...dearer, head: 360e3 } }))).toContain(
			"; 300 µs of it is CPU, the rest is waiting.",
		);
	});

	it("says how much of CPU collects garbage", () => {
		const before = sample();
		const collecting = (gcNsPerRequest: number) => ({ ...before.sets[0]?.base, gcNsPerRequest }) as SideOfSet;
		const sets = before.sets.map((set) => ({ ...set, base: collecting(1_000), head: collecting(3_000) }));
		const alloc = { base: 9_000, head: 12_072, change: 0.34, low: 0.33, high: 0.35, verdict: "regressed" } as const;
		expect(sentence(comparison("regressed", { alloc }, { sets }))).toContain(
			"; 2.00 µs of it is for collecting 3.00 KiB more garbage.",
		);
		expect(sentence(comparison("regressed", {}, { sets }))).not.toContain("garbage");
	});

	it("tells a tail by how many requests take how long", () => {
		const p999 = { base: 4e5, head: 21e6, change: 51, low: 30, high: 80, verdict: "regressed" } as const;
		const tail = { slower: "head", share: 0.005, ns: 20.1e6 } as const;
		const stalled = comparison("regressed", { "p99.9": { ...p999, judged: true }, cpu: still }, { tail });
		expect(sentence(stalled)).toMatch(
			/^Regressed: one GET \/items in 200 takes 20\.1 ms and more on head .* that would not on base .*: p99\.9 \+5,100 % \[3,000 … 8,000\], 400 µs → 21\.0 ms\./,
		);
	});

	const changed = (name: string, differenceNs: number, verdict: "dearer" | "cheaper" | "moved") => ({
		kind: "function" as const,
		frame: describeFrame({ name, url: `file:///work/${name}.js`, line: 12, column: 1 }),
		baseNs: 1_000,
		headNs: 1_000 + differenceNs,
		differenceNs,
		lowNs: differenceNs - 400,
		highNs: differenceNs + 400,
		verdict,
	});
	const named = (...all: ReturnType<typeof changed>[]) => ({
		functions: { sets: 14, ticks: { base: 35_000, head: 35_000 }, tested: 80, alpha: 0.01, changed: all },
	});

	it("names the functions that changed, and not those that moved", () => {
		const functions = named(
			changed("count", 1_850, "dearer"),
			changed("hash", -900, "cheaper"),
			changed("a", 500, "moved"),
		);
		expect(sentence(comparison("regressed", {}, functions))).toContain(
			" Dearer: count (/work/count.js:12) +1.85 µs [1.45 … 2.25]. Cheaper: hash (/work/hash.js:12) −0.90 µs [−1.30 … −0.50].",
		);
	});

	const more = { base: 30_000, head: 31_500, change: 0.05, low: 0.045, high: 0.055, verdict: "regressed" } as const;
	const allocating = (differenceBytes: number, verdict: "dearer" | "waiting" = "dearer") => ({
		functionBytes: {
			sets: 14,
			sampledBytes: { base: 180e6, head: 190e6 },
			tested: 80,
			alpha: 0.002,
			changed: [
				{
					...{ kind: "function" as const, verdict },
					frame: describeFrame({ name: "copy", url: "file:///work/copy.js", line: 12, column: 1 }),
					...{ baseBytes: 512, headBytes: 512 + differenceBytes, differenceBytes },
					...{ lowBytes: differenceBytes - 256, highBytes: differenceBytes + 256 },
				},
			],
		},
	});

	it("names the function that allocates more, where bytes of a request changed", () => {
		const bytes = comparison("regressed", { alloc: more, cpu: still }, allocating(1_536));
		expect(sentence(bytes)).toMatch(
			/^Regressed: GET \/items allocates 5\.0 % \[4\.5 … 5\.5\] more a request on head .*\. Allocates more: copy \(\/work\/copy\.js:12\) \+1\.50 KiB \[1\.25 … 1\.75\]\./,
		);
		const less = { ...more, change: -0.05, low: -0.055, high: -0.045, verdict: "improved" } as const;
		expect(sentence(comparison("improved", { alloc: less, cpu: still }, allocating(-1_536)))).toContain(
			" Allocates less: copy (/work/copy.js:12) −1.50 KiB [−1.75 … −1.25].",
		);
	});

	it("leaves it to the table where they did not, or it only runs a wait", () => {
		const alike = { ...still, base: 30_000, head: 30_030 };
		expect(sentence(comparison("regressed", { alloc: alike }, allocating(96)))).not.toContain("copy");
		expect(sentence(comparison("regressed", { alloc: more }, allocating(1_536, "waiting")))).not.toContain("copy");
	});

	it("leaves functions to the table where a request only waits longer", () => {
		const p50 = { base: 130e3, head: 1_390e3, change: 9.7, low: 9.1, high: 10.2, verdict: "regressed" } as const;
		const cpu = { ...still, base: 60e3, head: 60.1e3 };
		const said = sentence(comparison("regressed", { p50, cpu }, named(changed("timers", 1_850, "dearer"))));
		expect(said).toContain("; it waits, CPU is not more.");
		expect(said).not.toContain("timers");
	});

	it("leads with a function where the whole request cannot tell", () => {
		const cpu = { change: 0.03, low: -0.01, high: 0.07, verdict: "cannot tell" } as const;
		expect(sentence(comparison("regressed", { cpu }, named(changed("count", 1_850, "dearer"))))).toMatch(
			/^Regressed: count \(\/work\/count\.js:12\) costs 1\.85 µs \[1\.45 … 2\.25\] more CPU a request of GET \/items on head .* than on base .*; of the whole request that cannot be told, CPU \+3\.0 % \[−1\.0 … 7\.0\]\.$/,
		);
		expect(sentence(comparison("improved", { cpu }, named(changed("count", -1_850, "cheaper"))))).toMatch(
			/^Improved: count .* costs 1\.85 µs \[1\.45 … 2\.25\] less CPU/,
		);
	});

	it("says how many more answers are slow where no tail of a lone request is clear", () => {
		const slow = { metric: "loaded-slow", unit: "share", base: 0.011, head: 0.169, change: 0.158 } as const;
		const effect = {
			...sample().effects[0],
			...slow,
			low: 0.11,
			high: 0.2,
			margin: 0.02,
			judged: true,
			verdict: "regressed",
		};
		const before = comparison("regressed", { cpu: still });
		expect(sentence({ ...before, effects: [...before.effects, effect as Effect] })).toMatch(
			/^Regressed: under load 15\.80 points \[11\.00 … 20\.00\] more answers of GET \/items take three times as long as most on head .*: 1\.10 % → 16\.90 %\./,
		);
	});

	it("names failed requests in percentage points with both shares", () => {
		const errors = { base: 0.001, head: 0.013, change: 0.012, low: 0.008, high: 0.016, verdict: "regressed" } as const;
		expect(sentence(comparison("regressed", { errors }))).toContain(
			"the share of failed requests of GET /items is 1.20 points [0.80 … 1.60] higher on head (working tree) than on base (main 1a2b3c4d) (1.30 % against 0.10 %)",
		);
	});

	it("does not let a metric lead that is not judged", () => {
		const cpu = { judged: false };
		const p50 = { change: 0.06, low: 0.055, high: 0.065, verdict: "regressed" } as const;
		const said = sentence(comparison("regressed", { cpu, p50 }));
		expect(said).toMatch(/^Regressed: a lone GET \/items/);
		expect(said).not.toContain("CPU");
	});

	it("says within which margin nothing changed", () => {
		expect(
			sentence(
				comparison("no change", {
					cpu: {
						...{ change: -0.001, low: -0.009, high: 0.007, equivalence: { low: -0.006, high: 0.005 } },
						verdict: "no change",
					},
				}),
			),
		).toMatch(
			/^No change: CPU of GET \/items within ±2 % on head \(working tree\) against base \(main 1a2b3c4d\): −0\.1 % \[−0\.6 … 0\.5\], wrong in at most 5 of 100\./,
		);
	});

	it("says what it could have seen and how long a decision would take", () => {
		const cpu = {
			change: 0.012,
			low: -0.008,
			high: 0.032,
			verdict: "cannot tell",
			smallestDetectable: 0.029,
			secondsToDecide: 59.2,
		} as const;
		expect(sentence(comparison("cannot tell", { cpu }))).toMatch(
			/^Cannot tell: CPU of GET \/items \+1\.2 % \[−0\.8 … 3\.2\] on head \(working tree\) against base \(main 1a2b3c4d\) after 14 process sets in 45\.2 s; this run could have seen 2\.9 %; about 1 min more would decide\./,
		);
	});

	it("asks for no more time than anybody would wait for", () => {
		const cpu = { verdict: "cannot tell", smallestDetectable: 0.12, secondsToDecide: null } as const;
		expect(sentence(comparison("cannot tell", { cpu }))).toContain(
			"; this run could have seen 12 %; a quieter machine or a wider margin is needed, more time would hardly help.",
		);
	});

	it("says that only large changes are told before the first look", () => {
		const none = {
			...{ low: null, high: null, rule: null, equivalence: null, smallestDetectable: null },
			verdict: "cannot tell",
		} as const;
		const { sets } = sample();
		const early = comparison("cannot tell", { cpu: none }, { sets: sets.slice(0, 1), elapsedMs: 3_200 });
		expect(sentence(early)).toMatch(
			/\+5\.2 % on head .* after 1 process set in 3\.2 s; smaller changes are told from 6 of them on\./,
		);
	});

	it("says so where nothing could be measured", () => {
		const nothing = comparison("cannot tell", {}, { effects: [] });
		expect(sentence(nothing)).toMatch(/^Cannot tell: nothing that is judged could be measured/);
	});

	it("keeps a hostile label to one short line", () => {
		const side = { ...sample().sides[0], label: `\u001b[2J${"x".repeat(200)}` };
		expect(sideName(side)).toMatch(/^base \(�\[2Jx+…\)$/);
		expect(sideName(side).length).toBeLessThan(60);
	});
});

describe("the sentence of a calibration", () => {
	it("says what this machine can see in which time", () => {
		const { rest, besides } = calibrationAnswer(
			comparison("no change", { cpu: { ...still, smallestDetectable: 0.018 } }),
			"GET /items",
		);
		expect([rest, ...besides].filter((text) => text !== "").join(" ")).toBe(
			"On this machine a 45.2 s run detects a 1.8 % change in CPU of GET /items in 8 of 10 runs (14 process sets). Others: allocation 0.1 %, p50 latency 4 %, p99 latency 14 %, p99.9 latency 40 %, the share of failed requests 0.09 points.",
		);
	});

	it("admits that it told two equal sides apart", () => {
		expect(calibrationAnswer(comparison("regressed"), "GET /items").besides.join("")).toContain(
			"But it told two equal sides apart (CPU +5.2 % [4.1 … 6.3]), which by chance happens in 1 % of runs",
		);
	});
});

describe("the sentence on the method", () => {
	it("says the design, the confidence and the seed", () => {
		const said = methodSentence(sample());
		for (const part of [
			"14 process sets in 45.2 s",
			"700 rounds",
			"15 ms",
			"32 clients",
			"64 MiB",
			"wrong in at most 1 of 100 runs, all judged metrics together",
			"in at most 5 of 100; whenever the run stopped",
			"Seed 4711",
		]) {
			expect(said).toContain(part);
		}
		const { design } = sample();
		expect(methodSentence({ ...sample(), design: { ...design, semiSpaceMiB: null } })).toContain("as Node comes");
	});
});
