import type { RunRecord } from "../../model/run-record.js";
import { headline } from "../headline.js";
import { findingList } from "./blocks.js";
import { escapeMarkdown } from "./escape.js";
import { measurementTable } from "./measurements.js";

/** The answer of `az-prof load` for a pull request. */
export function renderLoadMarkdown(run: RunRecord): string {
	const parts = [escapeMarkdown(headline(run, new Map())), measurementTable(run), findingList(run.findings)];
	return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}
