import type { Doctor } from "#src/model/doctor.js";
import type { DoctorVerdict } from "#src/model/findings/doctor.js";

type Other = Doctor["others"][number];

/** What another tool says of the same load beside ours, and, where the two do not agree, why that may be. */
export function otherVerdictSentence(other: Other, verdicts: readonly DoctorVerdict[]): string {
	const { category, agrees } = other;
	const [first = "HEALTHY"] = verdicts;
	const says = `clinic doctor says ${category} (${sawClause(other)})`;
	return agrees ? `${says}, which goes with ours.` : `${says}, ours says ${first}: ${reason(other, first)}.`;
}

function sawClause({ issues }: Other): string {
	const found = Object.entries(issues).flatMap(([name, issue]) => (issue === "none" ? [] : [`${name}: ${issue}`]));
	return found.length === 0 ? "it saw no issue" : `it saw ${found.join(", ")}`;
}

/** From its rules (@clinic/doctor 11, analysis/): each says what a category takes. */
function reason({ category, issues }: Other, first: DoctorVerdict): string {
	switch (category) {
		case "data":
			return "it gives no verdict on a load without a collection that blocks, or with too few samples";
		case "unknown":
			return "it found signs of more than one cause at once, and then it names none";
		case "io":
			return `${ioReason(issues)}; ours asks whether the loop is idle while requests wait`;
		case "event-loop":
			return "for it a median delay of 10 ms, one of 100 ms, or a loop that was at work 95 % of the time since the start is enough; ours counts standstills beyond what the queue explains";
		case "gc":
			return "for it one second with 100 ms of blocking collections is enough; ours takes their share of the loop's work in the whole window";
		default:
			return noneReason(first);
	}
}

function ioReason({ cpu, handles }: Other["issues"]): string {
	return handles === "performance" && cpu === "none"
		? "it says io for a trend in the number of handles, and the clients' connections, opened one after the other at the start, are one to it"
		: "it says io where CPU stays below 90 % of a core, whatever keeps it there, or the number of handles has a trend";
}

function noneReason(first: DoctorVerdict): string {
	switch (first) {
		case "EVENT_LOOP_BLOCKED":
			return "single standstills count for it from 100 ms on, or where the median delay is 10 ms; ours counts them from 30 ms on";
		case "STARVED":
			return "it does not look at who else has the core";
		case "POOL_FULL":
			return "it does not look at the thread pool";
		case "IO_BOUND":
			return "it only asks whether CPU reaches 90 % of a core; ours asks whether the loop is idle while requests wait";
		case "GC_BOUND":
		case "CPU_BOUND":
		case "HEALTHY":
			return "it measured another start of the target, at another moment, and its limits are others";
	}
}
