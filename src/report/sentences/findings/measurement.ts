import type { FindingOf } from "#src/model/finding.js";
import { formatCount, formatQuantile } from "#src/report/numbers/format.js";
import { formatShare } from "#src/report/numbers/shares.js";
import { formatDurationMs } from "#src/report/numbers/times.js";
import { isolatesClause } from "#src/report/sentences/isolates.js";
import { listOf, quoted } from "#src/report/sentences/phrases.js";
import type { SentenceWriters } from "./writers.js";

const unexpected = ({ about, figures }: FindingOf<"UNEXPECTED_STATUS" | "RATE_LIMITED">): string => {
	const list = figures.statuses.map(({ status, answers }) => `${formatCount(answers)}× ${status}`).join(", ");
	return `${formatShare(figures.share)} of the answers of ${about} had an unexpected status (${list}); they are not in the percentiles.`;
};

export const measurementSentences = {
	NOT_WARM: ({ about, figures: { warmupRequests, warmupMs, collector } }) => {
		const follows =
			collector === null
				? "A longer --warmup helps."
				: "Its flamegraph may show more of V8's compiling than there is later.";
		return `${about} was measured before the target was warm: after ${formatCount(warmupRequests)} requests in ${formatDurationMs(warmupMs)} the cost of a request was still falling. ${follows}`;
	},
	TOO_FEW_SAMPLES: ({ about, figures: { samples, quantiles, needed } }) => {
		const needs = needed.map(
			({ quantile, samples: least }, index) =>
				`${formatQuantile(quantile)} ${index === 0 ? "needs " : ""}${formatCount(least)}`,
		);
		return `${about} has ${formatCount(samples)} answers, too few for an interval of ${quantiles.map(formatQuantile).join(", ")} (${needs.join(", ")}). A longer --duration helps.`;
	},
	UNEXPECTED_STATUS: unexpected,
	RATE_LIMITED: (finding) => `${unexpected(finding)} The target limits the rate: switch that off to measure it.`,
	REQUEST_ERRORS: ({ about, figures: { errors, attempted, kinds } }) => {
		const list = kinds.map((each) => `${formatCount(each.errors)} ${each.kind}`).join(", ");
		return `${formatCount(errors)} of ${formatCount(attempted)} requests of ${about} failed (${list}).`;
	},
	TARGET_HUNG: ({ about, figures: { silentSeconds, inFlight } }) =>
		`The target stopped answering: no answer of ${about} in the last ${formatDurationMs(silentSeconds * 1e3)} of the window, while ${formatCount(inFlight)} requests waited. The percentiles only know of the requests before.`,
	NO_CPU_FIGURES: ({ about }) =>
		`CPU per request of ${about} is unknown: the target's process is neither visible in /proc nor does it carry the agent.`,
	FEW_SECONDS: ({ figures: { asked, cleanMs, sampledMs, windowMs, others } }) => {
		const missing = [
			...(windowMs === null ? [] : [`windows of ${formatDurationMs(windowMs)}`]),
			"functions that V8 had inlined (they count for their callers)",
			...others,
		];
		return `${asked ? "--quick: these" : "These"} figures are of ${formatDurationMs(cleanMs)} of clean load and ${formatDurationMs(sampledMs)} under V8's sampler, on one process. They lack ${listOf(missing)}.`;
	},
	SEVERAL_ISOLATES: ({ figures: { isolates } }) => `${isolatesClause(isolates)}; the figures are of all of them.`,
	ISOLATES_ENDED: ({ about, figures: { isolates, ended } }) =>
		`${formatCount(ended)} of the ${formatCount(isolates)} processes and worker threads ended during ${about}: what they answered and used of CPU is in the figures, what they allocated as far as they could still tell.`,
	ENDPOINT_FAILED: ({ about, figures }) => `${about} could not be measured: ${quoted(figures.message)}.`,
} satisfies Partial<SentenceWriters>;
