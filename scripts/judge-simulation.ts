/**
 * What `compare` says of simulated comparisons whose truth is known: false alarms, false "no change", how often "no change" is said where
 * it is true, and how soon a large change is told.
 *
 *   npm run script scripts/judge-simulation.ts [-- --experiments 10000]
 *
 * Results go to scripts/results/judge-simulation.json; docs/method.md has them as tables, which are printed.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { criticalT } from "#src/analyse/comparison/critical-t.js";
import { equivalenceCritical, levelOfLooks } from "#src/analyse/comparison/looks.js";
import { mean, standardDeviation } from "#src/analyse/comparison/robust.js";
import { judgeDesign } from "../test/fixtures/judge-design.js";
import {
	cpuAlone,
	type Said,
	SimulatedComparisons,
	type SimulatedTruth,
} from "../test/fixtures/simulated-comparison.js";
import { Simulation } from "../test/fixtures/simulated-contrasts.js";

const { values } = parseArgs({ options: { experiments: { type: "string", default: "10000" } } });
const n = Number(values.experiments);
const LOOKS = { ...judgeDesign, mostSets: 32 };
/** Every difference counts: what decides is the interval. */
const strict = cpuAlone(LOOKS, 1e-9);

const quiet: SimulatedTruth = { change: 0, processSd: 0, roundSd: 0.12, kinds: 0 };
const THIRTY_PERCENT = Math.log(1.3);
const truths: readonly (readonly [title: string, truth: SimulatedTruth])[] = [
	["normal contrasts, the worst case", { ...quiet, processSd: 0.01, roundSd: 0 }],
	["process bias 0", quiet],
	["process bias 0.3 %", { ...quiet, processSd: 0.003 }],
	["process bias 1 %", { ...quiet, processSd: 0.01 }],
	["processes of two kinds, 30 % apart", { ...quiet, processSd: 0.01, kinds: THIRTY_PERCENT }],
	["the same, spread 10 %: twice what is known beforehand", { ...quiet, processSd: 0.1, kinds: THIRTY_PERCENT }],
];

const repeat = (seed: number, truth: SimulatedTruth, design = strict, times = n): Said[] => {
	const simulation = new SimulatedComparisons(seed);
	return Array.from({ length: times }, () => simulation.compare(truth, design));
};
const share = <T>(all: readonly T[], fits: (each: T) => boolean): number => all.filter(fits).length / all.length;
const percent = (value: number): string => `${Number((100 * value).toFixed(2))} %`;
const withError = (value: number, times = n): string =>
	`${percent(value)} ± ${Number((100 * Math.sqrt((value * (1 - value)) / times)).toFixed(2))}`;

const falseAlarms = truths.map(([title, truth], index) => {
	const said = repeat(100 + index, truth);
	return {
		title,
		experiments: n,
		called: share(said, ({ regressed, improved }) => regressed || improved),
		early: share(said, ({ early }) => early),
		missed: share(said, ({ covered }) => !covered),
	};
});

const MARGIN = 0.03;
/** As many sets as a minute has on a service that starts in a second. */
const PLANNED = 15;
const falseNoChange = truths.slice(0, 4).map(([title, truth], index) => {
	const said = repeat(
		200 + index,
		{ ...truth, change: Math.log1p(MARGIN) },
		{ ...cpuAlone(judgeDesign, MARGIN), mostSets: PLANNED },
	);
	return { title, experiments: n, margin: MARGIN, said: share(said, ({ noChange }) => noChange) };
});

/** Of CPU, with its two fifths of 1 % as interval, as it was; and by the boundary that "no change" has of its own. */
const MEASURED = 12;
const noChange = [0.015, 0.025, 0.05].flatMap((sd) =>
	[0.02, 0.03, 0.05].map((margin) => {
		const simulation = new Simulation(300);
		const level = levelOfLooks(0.004, judgeDesign.firstLook, PLANNED);
		const counts = { before: 0, after: 0 };
		for (let experiment = 0; experiment < n; experiment++) {
			const contrasts = Array.from({ length: MEASURED }, () => sd * simulation.normal());
			const within = (critical: (sets: number) => number): boolean =>
				contrasts.some((_, last) => {
					const sets = last + 1;
					if (sets < judgeDesign.firstLook) return false;
					const known = contrasts.slice(0, sets);
					const half = (critical(sets) * standardDeviation(known)) / Math.sqrt(sets);
					return Math.abs(mean(known)) + half < Math.log1p(margin);
				});
			counts.before += Number(within((sets) => criticalT(level, sets)));
			counts.after += Number(within((sets) => equivalenceCritical(0.05, judgeDesign.firstLook, PLANNED, sets)));
		}
		return { sd, margin, experiments: n, before: counts.before / n, after: counts.after / n };
	}),
);

const LARGE = 2_000;
const large = [1.5, 2, 3].flatMap((factor) =>
	[0.02, 0.05, 0.1].map((processSd) => {
		const truth = { ...quiet, processSd, change: Math.log(factor) };
		const said = repeat(
			400,
			truth,
			{ ...cpuAlone(judgeDesign, 0.02), weights: judgeDesign.weights, mostSets: 6 },
			LARGE,
		);
		const by = (sets: number): number => share(said, (each) => each.sets !== null && each.sets <= sets);
		return { factor, processSd, experiments: LARGE, two: by(2), three: by(3), six: by(6) };
	}),
);

writeFileSync(
	new URL("./results/judge-simulation.json", import.meta.url),
	`${JSON.stringify({ falseAlarms, falseNoChange, noChange, large }, null, "\t")}\n`,
);
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
	[head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
const tables = [
	table(
		["no difference", "n", "called one", "of it early", "truth outside of the interval at any look"],
		falseAlarms.map(({ title, called, early, missed }) => [
			title,
			n.toLocaleString("en"),
			withError(called),
			percent(early),
			withError(missed),
		]),
	),
	table(
		[`a change of the margin (${percent(MARGIN)})`, "n", "called none at any look"],
		falseNoChange.map(({ title, said }) => [title, n.toLocaleString("en"), withError(said)]),
	),
	table(
		["spread between sets", "margin", "before", "now"],
		noChange.map(({ sd, margin, before, after }) => [percent(sd), percent(margin), percent(before), percent(after)]),
	),
	table(
		["CPU", "spread between sets", "told after 2 sets", "after 3", "after 6"],
		large.map(({ factor, processSd, two, three, six }) => [
			`× ${factor}`,
			percent(processSd),
			percent(two),
			percent(three),
			percent(six),
		]),
	),
];
process.stdout.write(`${tables.join("\n\n")}\n`);
