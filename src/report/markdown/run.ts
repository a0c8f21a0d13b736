import type { CallTree } from "#src/model/call-tree.js";
import type { RunRecord } from "#src/model/run.js";
import { changedFunctions } from "#src/report/figures/changed-functions.js";
import { renderAllocMarkdown } from "./alloc.js";
import { renderComparisonMarkdown } from "./comparison.js";
import { renderDiagnosisMarkdown } from "./diagnosis.js";
import { renderDoctorMarkdown } from "./doctor.js";
import { renderFlameMarkdown } from "./flame.js";
import { renderLoadMarkdown } from "./load.js";
import { renderMatrixMarkdown } from "./matrix.js";

/** The answer of a run for a pull request, by the command that made it. Ends with a newline. */
export function renderRunMarkdown(run: RunRecord, trees: ReadonlyMap<string, CallTree>): string {
	switch (run.command) {
		case "flame":
			return renderFlameMarkdown(run, trees);
		case "load":
			return renderLoadMarkdown(run);
		case "alloc":
			return renderAllocMarkdown(run, trees);
		case "doctor":
			return renderDoctorMarkdown(run);
		case "compare":
		case "calibrate":
			return renderComparisonMarkdown(run, changedFunctions(run, trees));
		case "diagnose":
			return renderDiagnosisMarkdown(run, changedFunctions(run, trees));
		case "matrix":
			return renderMatrixMarkdown(run);
	}
}
