import type { Finding, FindingCode } from "#src/model/finding.js";
import { allocationSentences } from "./findings/allocation.js";
import { comparisonSentences } from "./findings/comparison.js";
import { doctorSentences } from "./findings/doctor.js";
import { loadSentences } from "./findings/load.js";
import { machineSentences } from "./findings/machine.js";
import { matrixSentences } from "./findings/matrix.js";
import { measurementSentences } from "./findings/measurement.js";
import { profileSentences } from "./findings/profile.js";
import { sweepSentences } from "./findings/sweep.js";
import type { SentenceWriters } from "./findings/writers.js";

/** Every code has its writer: a new one does not compile without. */
const writers: SentenceWriters = {
	...machineSentences,
	...measurementSentences,
	...loadSentences,
	...sweepSentences,
	...allocationSentences,
	...doctorSentences,
	...comparisonSentences,
	...matrixSentences,
	...profileSentences,
};

/** What a finding says, for every view alike. */
export function sentenceOf(finding: Finding): string {
	// A writer takes the finding of its own code, which the type of a looked-up one does not know.
	const write = writers[finding.code] as (finding: Finding) => string;
	const sentence = write(finding);
	return "variant" in finding && finding.variant !== null ? `${finding.variant}: ${sentence}` : sentence;
}

/** Every code that a finding can have. */
export const findingCodes = Object.keys(writers) as FindingCode[];
