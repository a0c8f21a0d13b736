import { isClean } from "#src/model/parts-of-run.js";
import type { LoadRun } from "#src/model/run.js";
import { loadLabel } from "#src/report/labels/load.js";
import { formatCount } from "#src/report/numbers/format.js";
import { figuresClause, measuredClause, measuredName } from "#src/report/sentences/measured.js";
import { limitSentence } from "#src/report/sentences/rate-limit.js";
import { sweptInShort } from "#src/report/sentences/sweep.js";
import { nothingMeasured } from "./unfinished.js";

/** More of them are told by the slowest and the fastest. */
const MOST_TOLD = 4;

/** The rate that holds, or what more clients bring, or how fast it answers. */
export function loadHeadline(run: LoadRun): string[] {
	if (run.limits.length > 0) return run.limits.map(limitSentence);
	const swept = sweptInShort(run.findings);
	if (swept.length > 0) return swept;
	const clean = run.measurements.filter(isClean);
	const measured = clean.filter(({ counts }) => counts.ok > 0);
	const [first] = measured;
	if (first === undefined) return [nothingMeasured(run)];
	const severalLoads = new Set(measured.map(({ load }) => loadLabel(load))).size > 1;
	const silent = clean.length - measured.length;
	const rest =
		silent === 0 ? "" : `${formatCount(silent)} of ${formatCount(clean.length)} had no expected answer at all.`;
	if (measured.length <= MOST_TOLD) {
		return [`${measured.map((each) => measuredClause(each, severalLoads)).join("; ")}.`, rest];
	}
	const sorted = [...measured].sort((a, b) => a.requestsPerSecond - b.requestsPerSecond);
	const slowest = sorted[0] ?? first;
	const fastest = sorted.at(-1) ?? first;
	const ends = [slowest, fastest].map((each) => `${measuredName(each, severalLoads)} (${figuresClause(each)})`);
	return [`${formatCount(measured.length)} measurements, from ${ends.join(" to ")}.`, rest];
}
