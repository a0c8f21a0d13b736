import type { FiguresOf } from "#src/model/finding.js";
import type { StandstillCause } from "#src/model/findings/doctor.js";
import { formatCount } from "#src/report/numbers/format.js";
import { formatNs } from "#src/report/numbers/times.js";

const during: Readonly<Record<StandstillCause, string>> = {
	code: "by code of its own that runs without a break",
	collector: "by the garbage collector",
	"no core": "without a core",
	call: "by a synchronous call that waits (file, child process, lock)",
	queue: "for a turn that answers all who wait",
	unknown: "off the core, for a reason that the system does not tell",
};

/** "5 by the garbage collector (up to 161 ms), 3 by code of its own that runs without a break (up to 50.0 ms)" */
export const causesClause = (causes: FiguresOf<"EVENT_LOOP_BLOCKED">["causes"]): string =>
	causes
		.map(({ cause, count, longestNs }) => {
			const longest = count === 1 ? formatNs(longestNs) : `up to ${formatNs(longestNs)}`;
			return `${formatCount(count)} ${during[cause]} (${longest})`;
		})
		.join(", ");
