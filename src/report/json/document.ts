import type { CallTree } from "#src/model/call-tree.js";
import type { Finding } from "#src/model/finding.js";
import type { RunRecord } from "#src/model/run.js";
import { type ChainLink, chainOf } from "#src/report/sentences/diagnosis.js";
import { sentenceOf } from "#src/report/sentences/finding.js";
import { answer } from "#src/report/sentences/headline.js";

/** A finding with its words. */
type ToldFinding = Finding & { readonly sentence: string };

/** What `--json` prints: the record, and what is said of it in words. */
export type RunDocument<Run extends RunRecord = RunRecord> = Omit<Run, "findings"> & {
	readonly headline: string;
	/** What else was found, where two lines do not hold it. */
	readonly besides?: string;
	/** The run's folder. */
	readonly folder: string;
	readonly findings: readonly ToldFinding[];
	/** Of a diagnosis: from the verdict to the proof, in words. */
	readonly chain?: readonly ChainLink[];
};

/** A run as one JSON document on one line. */
export function renderJson(run: RunRecord, trees: ReadonlyMap<string, CallTree>, folder: string): string {
	const findings = run.findings.map((finding): ToldFinding => ({ ...finding, sentence: sentenceOf(finding) }));
	const chain = run.command === "diagnose" ? { chain: chainOf(run) } : {};
	const { headline, besides } = answer(run, trees);
	const told = besides === "" ? { headline } : { headline, besides };
	const document: RunDocument = { ...told, folder, ...chain, ...run, findings };
	return `${JSON.stringify(document)}\n`;
}
