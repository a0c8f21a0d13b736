import { slicesFrame } from "#src/investigate/slices-frame.js";
import type { Slices } from "#src/model/measurement.js";
import type { MatrixPlan } from "./plan.js";
import type { MeasuredVariant } from "./variant.js";

/** All that was measured of a variant, as the record keeps it. */
export const slicesOf = (
	{ name, tally, sets, cpuSource, processes }: MeasuredVariant,
	{ endpoint, load, design }: Pick<MatrixPlan, "endpoint" | "load" | "design">,
	when: { readonly pinnedCpus: string | null; readonly startedAt: Date; readonly partial: boolean },
): Slices =>
	tally.slices({
		variant: 0,
		sets,
		pinnedCpus: when.pinnedCpus,
		cpuSource,
		processes,
		frame: slicesFrame(
			name,
			{
				endpoint,
				regime: "loaded",
				load: { kind: "closed", clients: design.clients, timeoutMs: load.timeoutMs },
			},
			when.startedAt,
			when.partial,
		),
	});
