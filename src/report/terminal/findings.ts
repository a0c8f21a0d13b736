import type { Finding } from "#src/model/finding.js";
import { sentenceOf } from "#src/report/sentences/finding.js";
import { colorsOf, type TerminalStyle } from "./style.js";
import { printable, wrap } from "./table.js";

const rank: Readonly<Record<Finding["severity"], number>> = { problem: 0, warning: 1, info: 2 };
const marks: Readonly<Record<Finding["severity"], string>> = { problem: "✗", warning: "!", info: "·" };

/** Worst first, a line or two each; empty without findings. */
export function renderFindings(findings: readonly Finding[], style: TerminalStyle): string {
	const colors = colorsOf(style);
	const paint = { problem: colors.red, warning: colors.yellow, info: colors.dim };
	return [...findings]
		.sort((a, b) => rank[a.severity] - rank[b.severity])
		.map((finding) =>
			paint[finding.severity](
				`${marks[finding.severity]} ${wrap(printable(sentenceOf(finding)), style.columns - 2, "  ")}`,
			),
		)
		.join("\n");
}
