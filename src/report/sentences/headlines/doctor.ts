import type { DoctorRun } from "#src/model/run.js";
import { doctorMeasurement, verdictFindings } from "#src/report/figures/doctor.js";
import { doctorAnswer } from "#src/report/labels/doctor.js";
import { endpointLabel } from "#src/report/labels/endpoint.js";
import { sentenceOf } from "#src/report/sentences/finding.js";
import { endedEarly, nothingMeasured } from "./unfinished.js";

/** Is it CPU, event loop, garbage collection or I/O? The strongest verdict, what else holds, and who says otherwise. */
export function doctorHeadline(run: DoctorRun): string[] {
	const { doctor } = run;
	const clean = doctorMeasurement(run);
	if (doctor === null || clean === undefined) return [nothingMeasured(run)];
	const [first] = verdictFindings(run, doctor);
	const [strongest, ...rest] = doctor.verdicts;
	if (first === undefined || strongest === undefined) return [nothingMeasured(run)];
	const also = rest.length === 0 ? "" : ` Also: ${rest.map(doctorAnswer).join(", ")}.`;
	const others = doctor.others.map(({ agrees, category }) =>
		agrees ? ` clinic doctor agrees (${category}).` : ` clinic doctor says ${category}.`,
	);
	return [
		`${endpointLabel(clean.endpoint)}: ${doctorAnswer(strongest)}.`,
		sentenceOf(first),
		also,
		...others,
		endedEarly(run),
	];
}
