import type { Doctor } from "#src/model/doctor.js";
import type { ToolVerdict } from "#src/model/readings.js";

type Other = Doctor["others"][number];

/** Which of our verdicts say the same as a category of clinic doctor. */
const meaning: Readonly<Record<string, readonly string[]>> = {
	none: ["HEALTHY", "CPU_BOUND"],
	gc: ["GC_BOUND"],
	"event-loop": ["EVENT_LOOP_BLOCKED", "CPU_BOUND"],
	io: ["IO_BOUND"],
};

/** clinic doctor's verdict beside ours: whether they agree, and, where they do not, why that may be. */
export function besideClinic(
	{ category, issues }: ToolVerdict,
	verdicts: readonly string[],
	collector = "clinic-doctor",
): Other {
	const [first = "HEALTHY"] = verdicts;
	const agrees = (meaning[category] ?? []).some((code) => verdicts.includes(code));
	return { collector, category, agrees, sentence: sentenceOf(category, issues, first, agrees) };
}

function sentenceOf(category: string, issues: ToolVerdict["issues"], first: string, agrees: boolean): string {
	const found = Object.entries(issues).flatMap(([name, issue]) => (issue === "none" ? [] : [`${name}: ${issue}`]));
	const saw = found.length === 0 ? "it saw no issue" : `it saw ${found.join(", ")}`;
	if (agrees) return `clinic doctor says ${category} (${saw}), which goes with ours.`;
	return `clinic doctor says ${category} (${saw}), ours says ${first}: ${reason(category, issues, first)}.`;
}

/** From its rules (@clinic/doctor 11, analysis/): each says what a category takes. */
function reason(category: string, issues: ToolVerdict["issues"], first: string): string {
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

function ioReason({ cpu, handles }: ToolVerdict["issues"]): string {
	return handles === "performance" && cpu === "none"
		? "it says io for a trend in the number of handles, and the clients' connections, opened one after the other at the start, are one to it"
		: "it says io where CPU stays below 90 % of a core, whatever keeps it there, or the number of handles has a trend";
}

function noneReason(first: string): string {
	switch (first) {
		case "EVENT_LOOP_BLOCKED":
			return "single standstills count for it from 100 ms on, or where the median delay is 10 ms; ours counts them from 30 ms on";
		case "STARVED":
			return "it does not look at other processes";
		case "IO_BOUND":
			return "it only asks whether CPU reaches 90 % of a core; ours asks whether the loop is idle while requests wait";
		default:
			return "it measured another start of the target, at another moment, and its limits are others";
	}
}
