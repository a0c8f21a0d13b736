import type { Finding } from "#src/model/finding.js";
import type { Window } from "#src/model/measurement.js";
import type { Evidence, Found } from "./found.js";

type Refined = Pick<Found<"flame">, "measurements" | "profiles" | "findings">;

/**
 * What was found once more: a measurement or profile takes the place of the one with its id, with what was found of that. A window that
 * was cut short before it was as long as that one does not.
 */
export function refined(now: Refined, part: Evidence): Refined {
	const tooShort = new Set((part.measurements ?? []).filter((window) => isShorter(window, now)).map(({ id }) => id));
	const measurements = (part.measurements ?? []).filter(({ id }) => !tooShort.has(id));
	const ids = new Set([...measurements, ...(part.profiles ?? [])].map(({ id }) => id));
	const isAbout = (among: ReadonlySet<string>, { about }: Finding): boolean => about !== null && among.has(about);
	return {
		measurements: replaced(now.measurements, measurements),
		profiles: replaced(now.profiles, part.profiles ?? []),
		findings: [
			...now.findings.filter((finding) => !isAbout(ids, finding)),
			...(part.findings ?? []).filter((finding) => !isAbout(tooShort, finding)),
		],
	};
}

const isShorter = (window: Window, { measurements }: Refined): boolean =>
	window.partial && measurements.some(({ id, measuredNs }) => id === window.id && measuredNs > window.measuredNs);

function replaced<Kept extends { readonly id: string }>(now: readonly Kept[], more: readonly Kept[]): Kept[] {
	const byId = new Map([...now, ...more].map((each) => [each.id, each]));
	return [...byId.values()];
}
