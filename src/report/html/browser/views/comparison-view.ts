import type { Comparison } from "#src/model/comparison.js";
import { profilesOf } from "#src/model/parts-of-run.js";
import type { ComparedRun } from "#src/model/run.js";
import { slicesOfSide } from "#src/report/figures/comparison.js";
import { distributionChart } from "#src/report/html/browser/charts/charts.js";
import { forestPlot } from "#src/report/html/browser/charts/forest-plot.js";
import { roundsPlot } from "#src/report/html/browser/charts/rounds-plot.js";
import { el } from "#src/report/html/browser/dom.js";
import { differenceTab } from "#src/report/html/browser/flame/difference-tab.js";
import { versionWords } from "#src/report/html/browser/flame/difference-words.js";
import { FlamePanel } from "#src/report/html/browser/flame/flame-panel.js";
import type { FlameTab } from "#src/report/html/browser/flame/flame-view.js";
import { ProfileFlame } from "#src/report/html/browser/flame/profile-flame.js";
import { tabNames } from "#src/report/html/browser/flame/tab-names.js";
import { changedFunctionsPanel } from "#src/report/html/browser/tables/changed-functions-table.js";
import { comparisonPanel } from "#src/report/html/browser/tables/comparison-table.js";
import type { PageData, PageProfile } from "#src/report/html/page-data.js";

/** Two sides: their percentiles beside where the difference is, and the evidence that there is one. */
export function comparisonSections(run: ComparedRun, data: PageData): HTMLElement[] {
	const { comparison } = run;
	if (comparison === null) return [];
	const [base, head] = [slicesOfSide(run, "base", "light"), slicesOfSide(run, "head", "light")];
	const panels = el(
		"div",
		{ class: "left-column" },
		comparisonPanel(run, comparison),
		changedFunctionsPanel(comparison),
		distributionChart(data, ["base", base], ["head", head]),
	);
	const tabs = tabsOf(data.profiles, comparison);
	const [first] = tabs;
	if (first === undefined) {
		return [
			el(
				"div",
				{ class: "side-by-side comparison" },
				panels,
				el(
					"div",
					{ class: "comparison-plots stacked" },
					el("p", { class: "panel no-profile" }, noProfileText(run, comparison)),
					forestPlot(comparison),
					roundsPlot(comparison, { width: 900, height: 150 }),
				),
			),
		];
	}
	const flame = new FlamePanel(tabs, first, "What is drawn");
	return [
		el("div", { class: "side-by-side comparison" }, panels, flame.panel),
		flame.functions.element,
		el(
			"div",
			{ class: "comparison-plots" },
			forestPlot(comparison),
			roundsPlot(comparison, { width: 660, height: 320 }),
		),
	];
}

function noProfileText(run: ComparedRun, { sets, functions, functionBytes }: Comparison): string {
	const isNamed = [functions, functionBytes].some((judged) => judged !== null && judged.changed.length > 0);
	const why =
		profilesOf(run).length > 0
			? "The call trees of this run’s profiles are not here, so there is no flamegraph."
			: isNamed
				? "No profile was taken, so there is no flamegraph; the functions that changed stand beside."
				: "No profile was taken, so where the difference comes from is not known.";
	return sets.length === 0 ? why : `${why} This is the evidence for the verdict.`;
}

/** The difference of every collector that both sides have a profile of, then each profile by itself. */
function tabsOf(profiles: readonly PageProfile[], comparison: Comparison): FlameTab[] {
	const collectors = [...new Set(profiles.map((each) => each.collector))];
	const named = tabNames(profiles);
	const folderOf = (variant: string | null): string =>
		comparison.sides.find((each) => each.name === variant)?.cwd ?? "";
	const differences = collectors.flatMap((collector): FlameTab[] => {
		const side = (name: string) => profiles.find((each) => each.collector === collector && each.variant === name);
		const tab = differenceTab(named("Difference", collector), side("base"), side("head"), versionWords, folderOf);
		return tab === null ? [] : [tab];
	});
	const each = profiles.map((profile): FlameTab => {
		const name =
			profile.variant === null ? "Profile" : `${profile.variant.charAt(0).toUpperCase()}${profile.variant.slice(1)}`;
		return {
			label: named(name, profile.collector),
			open: () => new ProfileFlame(profile, folderOf(profile.variant)),
		};
	});
	return [...differences, ...each];
}
