import { profilesOf } from "#src/model/parts-of-run.js";
import type { Agreement, ProfileRecord } from "#src/model/profile.js";
import type { RunRecord } from "#src/model/run.js";
import { el, foreign, unbroken } from "#src/report/html/browser/dom.js";
import { colouringOf } from "#src/report/html/browser/flame/colouring.js";
import { unpackTree } from "#src/report/html/packed-tree.js";
import type { PageData, PageProfile } from "#src/report/html/page-data.js";
import { collectorLabel } from "#src/report/labels/collector.js";
import { formatCount } from "#src/report/numbers/format.js";
import { formatPercent, formatWholePercent } from "#src/report/numbers/shares.js";
import { profileNote } from "#src/report/sentences/profile-note.js";

/** How far the profilers agree: a stacked bar for each, and the overlap. */
export function agreementSection({ run, profiles }: PageData): HTMLElement | null {
	if (profiles.length === 0) return null;
	const agreements = "agreements" in run ? run.agreements : [];
	return el(
		"section",
		{ class: "agreement", "aria-label": "Profilers" },
		el("h2", {}, title(run, profiles.length)),
		...profiles.map((profile) => kindsBar(profile, run.command === "matrix")),
		...agreements.map(overlap),
		...profilesOf(run).map(ticksLine),
	);
}

function title({ command }: RunRecord, profiles: number): string {
	switch (command) {
		case "compare":
		case "diagnose":
		case "calibrate":
		case "matrix":
			return "Whose CPU time it is";
		case "flame":
		case "alloc":
		case "doctor":
		case "load":
			return profiles > 1 ? "Do the profilers agree?" : "The profiler";
	}
}

/** The kinds of code by their share of self time. */
function kindsBar({ collector, variant, tree }: PageProfile, isOfVariant: boolean): HTMLElement {
	const { groups } = colouringOf(unpackTree(tree), "kind");
	const bar = el("div", { class: "stack" });
	for (const group of groups) {
		if (group.selfShare === 0) continue;
		const part = el("span", { class: group.className, title: `${group.label} ${formatPercent(group.selfShare)}` });
		part.style.width = `${group.selfShare * 100}%`;
		part.append(stackLabel(group.label, group.selfShare));
		bar.append(part);
	}
	return el(
		"div",
		{ class: isOfVariant ? "stack-row of-variant" : "stack-row" },
		el("span", {}, foreign(variant ?? collectorLabel(collector))),
		bar,
	);
}

/** As much of a label as fits the part of a bar that is about 420 px long. */
function stackLabel(label: string, share: number): string {
	const percent = formatWholePercent(share);
	const fits = (text: string): boolean => share * 420 > text.length * 6.6 + 8;
	return fits(`${label} ${percent}`) ? `${label} ${percent}` : fits(percent) ? percent : "";
}

const overlap = ({ collectors: [a, b], selfOverlap, packageOverlap }: Agreement): HTMLElement =>
	el(
		"p",
		{},
		unbroken(
			`${collectorLabel(a)} and ${collectorLabel(b)} put ${formatWholePercent(selfOverlap)} of self time into the same functions and ${formatWholePercent(packageOverlap)} into the same packages. `,
		),
		el(
			"span",
			{ class: "muted" },
			"This is the sum, over functions (or packages), of the smaller of the two shares; native code counts for its caller. 100 % would be the same profile twice.",
		),
	);

/** What became of a profiler's ticks, and how it was done; null for a tool that takes none. */
function ticksLine(profile: ProfileRecord): HTMLElement | null {
	const { ticks, collector, variant } = profile;
	if (ticks === null) return null;
	const parts = [
		`${formatCount(Math.round(ticks.busy))} busy ticks`,
		`${formatCount(Math.round(ticks.idle))} idle`,
		`${formatCount(Math.round(ticks.lost))} lost`,
		ticks.busy === 0 ? null : `${formatPercent(ticks.unknown / ticks.busy)} without a known function`,
		ticks.putBack === 0 || ticks.busy === 0
			? null
			: `${formatPercent(ticks.putBack / ticks.busy)} put back to inlined functions (${formatPercent(ticks.ambiguous / ticks.busy)} ambiguous)`,
	];
	const sentences = [parts.filter((part) => part !== null).join(", "), ...profile.notes.map(profileNote)];
	const name = variant === null ? collectorLabel(collector) : `${variant}, ${collectorLabel(collector)}`;
	return el(
		"p",
		{ class: "muted" },
		el("b", {}, foreign(name), ": "),
		sentences.map((sentence) => `${sentence}.`).join(" "),
	);
}
