import type { Doctor } from "#src/model/doctor.js";
import type { DoctorVerdict } from "#src/model/findings/doctor.js";
import type { ToolVerdict } from "#src/model/readings.js";

/** Which of our verdicts say the same as a category of clinic doctor. */
const meaning: Readonly<Record<string, readonly DoctorVerdict[]>> = {
	none: ["HEALTHY", "CPU_BOUND"],
	gc: ["GC_BOUND"],
	"event-loop": ["EVENT_LOOP_BLOCKED", "CPU_BOUND"],
	io: ["IO_BOUND"],
};

/** clinic doctor's verdict beside ours, and whether the two agree. */
export const besideClinic = (
	{ category, issues }: ToolVerdict,
	verdicts: readonly DoctorVerdict[],
	collector = "clinic-doctor",
): Doctor["others"][number] => ({
	collector,
	category,
	issues,
	agrees: (meaning[category] ?? []).some((code) => verdicts.includes(code)),
});
