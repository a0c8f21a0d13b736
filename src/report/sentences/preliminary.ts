import type { CallTree } from "#src/model/call-tree.js";
import type { RunRecord } from "#src/model/run.js";
import { formatDurationMs } from "#src/report/numbers/times.js";
import { sentenceOf } from "./finding.js";
import { headline } from "./headline.js";

/** "Preliminary, after 9.4 s": of a run that goes on. */
export const preliminaryTitle = (afterMs: number): string => `Preliminary, after ${formatDurationMs(afterMs)}`;

/** The first answer, and what it is made of. */
export function preliminaryAnswer(run: RunRecord, trees: ReadonlyMap<string, CallTree>, afterMs: number): string {
	const made = run.findings.filter(({ code }) => code === "FEW_SECONDS").map(sentenceOf);
	return [`${preliminaryTitle(afterMs)}: ${headline(run, trees)}`, ...made].join(" ");
}
