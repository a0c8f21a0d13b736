import type { Finding } from "#src/model/finding.js";
import { sentenceOf } from "./finding.js";
import { isScaling, scalingInShort } from "./findings/sweep.js";

/** What several numbers of clients showed, in short; nothing where there was only one. */
export function sweptInShort(findings: readonly Finding[]): string[] {
	const scaling = findings.filter(isScaling);
	if (scaling.length === 0) return [];
	const others = findings.filter(
		({ code }) => code === "NOT_GRACEFUL" || code === "RELATIVE_COST" || code === "LONG_TAIL",
	);
	return [...scaling.map(scalingInShort), ...others.map(sentenceOf)];
}
