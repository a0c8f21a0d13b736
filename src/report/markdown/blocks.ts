import type { Finding } from "#src/model/finding.js";
import { sentenceOf } from "#src/report/sentences/finding.js";
import { escapeMarkdown } from "./escape.js";

export type Alignment = "left" | "right";

/** Cells are Markdown already. */
export function table(
	columns: readonly (readonly [string, Alignment])[],
	rows: readonly (readonly string[])[],
): string {
	const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
	return [
		line(columns.map(([title]) => title)),
		line(columns.map(([, alignment]) => (alignment === "left" ? ":--" : "--:"))),
		...rows.map(line),
	].join("\n");
}

export const findingList = (findings: readonly Finding[]): string =>
	findings.map((finding) => `- ${finding.severity}: ${escapeMarkdown(sentenceOf(finding))}`).join("\n");

/** Behind a line to click. The empty lines between the parts make GitHub read Markdown inside the HTML. */
export const folded = (summary: string, parts: readonly string[]): string =>
	[
		`<details>\n<summary>${escapeMarkdown(summary)}</summary>`,
		...parts.filter((part) => part !== ""),
		"</details>",
	].join("\n\n");
