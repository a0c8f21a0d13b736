import type { CallTree } from "#src/model/call-tree.js";
import type { RunRecord } from "#src/model/run.js";
import { changedFunctions } from "#src/report/figures/changed-functions.js";
import { renderAlloc } from "./alloc.js";
import { renderComparison } from "./comparison.js";
import { renderDiagnosis } from "./diagnosis.js";
import { renderDoctor } from "./doctor.js";
import { renderFlame } from "./flame.js";
import { renderLoad } from "./load.js";
import { renderMatrix } from "./matrix.js";
import type { TerminalStyle } from "./style.js";

/** The answer of a run for a terminal, by the command that made it. */
export function renderRun(run: RunRecord, trees: ReadonlyMap<string, CallTree>, style: TerminalStyle): string {
	switch (run.command) {
		case "flame":
			return renderFlame(run, trees, style);
		case "alloc":
			return renderAlloc(run, trees, style);
		case "doctor":
			return renderDoctor(run, style);
		case "load":
			return renderLoad(run, style);
		case "compare":
		case "calibrate":
			return renderComparison(run, changedFunctions(run, trees), style);
		case "diagnose":
			return renderDiagnosis(run, changedFunctions(run, trees), style);
		case "matrix":
			return renderMatrix(run, style);
	}
}
