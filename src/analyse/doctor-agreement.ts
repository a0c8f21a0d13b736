import type { Doctor } from "../model/doctor.js";
import type { ToolVerdict } from "../model/readings.js";

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
	return `clinic doctor says ${category} (${saw}), ours says ${first}: ${reason(category, first)}.`;
}

/** What is known of how clinic doctor decides. */
function reason(category: string, first: string): string {
	if (category === "data") return "it had too few samples of the load for a verdict; a longer --duration gives it more";
	if (category === "unknown") return "its rules fit more than one cause at once, and then it names none";
	if (first === "STARVED") return "it does not see other processes, and takes the time they had for the target's own";
	if (category === "io") {
		return "it says io when its CPU readings vary or are low or the number of handles jumps; ours looks at whether the loop is idle while requests wait";
	}
	if (category === "event-loop") {
		return "its event-loop utilisation counts from the target's start and any delay of its timer of 10 ms, also that of a long queue; ours counts standstills beyond what the queue explains";
	}
	if (category === "gc") {
		return "it looks at how the heap's size moves, not at the time in collections, which ours adds up";
	}
	if (first === "GC_BOUND") return "it judges collections by the movement of the heap, ours by the time they take";
	if (first === "EVENT_LOOP_BLOCKED") {
		return "it takes a rare long delay for an outlier of its statistics; ours names single standstills";
	}
	return "it needs a clear deviation in its samples; ours sets what a request waits against what it is worked on";
}
