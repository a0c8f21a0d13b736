import type { RunRecord } from "../../model/run-record.js";
import { renderFindings } from "./findings.js";
import type { TerminalStyle } from "./style.js";

/** The answer of `az-prof compare` for a terminal. */
export function renderComparison(run: RunRecord, style: TerminalStyle): string {
	return renderFindings(run.findings, style);
}
