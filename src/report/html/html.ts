import { createHash } from "node:crypto";
import type { CallTree } from "#src/model/call-tree.js";
import type { RunRecord } from "#src/model/run.js";
import { reportScript, reportStyle } from "./assets.generated.js";
import { escapeHtml, jsonForScript } from "./escape.js";
import { type Preliminary, pageData } from "./page-data.js";

/**
 * The report as one HTML document that needs nothing else. `trees` holds the call trees by profile id; a profile
 * without one is listed but not drawn. The page's script makes every node of it from the embedded JSON, and only ever
 * as text; the policy lets exactly this script and this style run and nothing be loaded.
 */
export function renderHtml(input: {
	readonly run: RunRecord;
	readonly trees: ReadonlyMap<string, CallTree>;
	/** Of a run that goes on: its page shows more by itself. */
	readonly preliminary?: Preliminary;
}): string {
	const data = pageData(input.run, input.trees, input.preliminary);
	const policy = [
		"default-src 'none'",
		`script-src '${sha256(reportScript)}'`,
		`style-src '${sha256(reportStyle)}'`,
		"base-uri 'none'",
		"form-action 'none'",
	].join("; ");
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(titleOf(input.run))}</title>
<style>${reportStyle}</style>
</head>
<body>
<noscript><p>${escapeHtml(data.headline)}</p><p>The rest of this report is drawn by a script, which is switched off.</p></noscript>
<script type="application/json" id="report-data">${jsonForScript(data)}</script>
<script>${reportScript}</script>
</body>
</html>
`;
}

function titleOf(run: RunRecord): string {
	const endpoints = [...new Set(run.measurements.map((each) => `${each.endpoint.method} ${each.endpoint.path}`))];
	return `az-prof ${run.command} ${endpoints.join(", ")} · ${run.startedAt}`.replace(/\s+/g, " ");
}

const sha256 = (text: string): string => `sha256-${createHash("sha256").update(text, "utf8").digest("base64")}`;
