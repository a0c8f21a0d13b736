import type { DiagnoseRun } from "#src/model/run.js";
import { chainOf } from "#src/report/sentences/diagnosis.js";
import { quoted } from "#src/report/sentences/phrases.js";
import { comparedAnswer } from "./compared.js";

/** The answer of `diagnose`: what changed, and why, as far as that is proved. */
export function diagnosisHeadline(run: DiagnoseRun): string[] {
	const links = chainOf(run);
	const text = (name: string): string => links.find((each) => each.name === name)?.text ?? "";
	const proof = text("proof");
	const { verdict, rest, besides } = comparedAnswer(run);
	if (proof === "") return [`${verdict}${rest}`, ...besides];
	return run.diagnosis.culprits.length === 0
		? [`${verdict}${rest}`, proof]
		: [`${verdict}${rest}`, `Cause: ${quoted(text("line"))}.`, proof];
}
