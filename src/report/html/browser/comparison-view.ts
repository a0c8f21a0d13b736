import type { Comparison } from "../../../model/comparison.js";
import type { PageData, PageProfile } from "../page-data.js";
import { distributionChart } from "./charts.js";
import { cleanSides, comparisonPanel } from "./comparison-table.js";
import { differenceTab } from "./difference-tab.js";
import { versionWords } from "./difference-words.js";
import { el } from "./dom.js";
import { FlamePanel } from "./flame-panel.js";
import type { FlameTab } from "./flame-view.js";
import { forestPlot } from "./forest-plot.js";
import { ProfileFlame } from "./profile-flame.js";
import { roundsPlot } from "./rounds-plot.js";
import { tabNames } from "./tab-names.js";

/** Two sides: their percentiles beside where the difference is, and the evidence that there is one. */
export function comparisonSections(data: PageData, comparison: Comparison): HTMLElement[] {
	const [base, head] = cleanSides(data.run);
	const panels = el(
		"div",
		{ class: "left-column" },
		comparisonPanel(data.run, comparison),
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
					el("p", { class: "panel no-profile" }, noProfileText(data, comparison)),
					forestPlot(comparison),
					roundsPlot(comparison, { width: 900, height: 264 }),
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

function noProfileText({ run }: PageData, { sets }: Comparison): string {
	const why =
		run.profiles.length > 0
			? "The call trees of this run’s profiles are not here, so there is no flamegraph."
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
