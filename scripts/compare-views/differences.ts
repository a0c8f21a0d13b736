/** What two builds have drawn of the same, and where it differs. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { markdownTable } from "../bench/document.js";

/** A view as one build has drawn it. */
export interface Drawn {
	readonly kind: string;
	/** "sampleFlame", with the part of the run where there are several: "sampleFlame, v8". */
	readonly of: string;
	/** 0, or what a refusal ended with. */
	readonly code: number;
	readonly content: Buffer;
	/** What was said beside it. */
	readonly said: string;
}

export interface Pair {
	readonly before: Drawn;
	readonly after: Drawn;
}

const isRefused = ({ code }: Drawn): boolean => code !== 0;

export const areEqual = ({ before, after }: Pair): boolean =>
	before.code === after.code && before.said === after.said && before.content.equals(after.content);

/** By kind: how many are equal, how many of these neither build draws, and how many differ. */
export function tableOf(pairs: readonly Pair[]): string[] {
	const row = (kind: string, all: readonly Pair[]): (string | number)[] => {
		const equal = all.filter(areEqual);
		return [kind, equal.length, equal.filter(({ after }) => isRefused(after)).length, all.length - equal.length];
	};
	const kinds = [...new Set(pairs.map(({ after }) => after.kind))];
	return markdownTable(
		["view", "equal", "of these refused", "different"],
		[
			...kinds.map((kind) =>
				row(
					kind,
					pairs.filter(({ after }) => after.kind === kind),
				),
			),
			row("all", pairs),
		],
	);
}

const LONGEST_LINE = 240;

/** The first lines of a unified difference. */
export function differenceOf({ before, after }: Pair, lines: number): string[] {
	const [a, b] = [before, after].map(textOf) as [string, string];
	const folder = mkdtempSync(join(tmpdir(), "az-prof-views-"));
	try {
		writeFileSync(join(folder, "before"), a);
		writeFileSync(join(folder, "after"), b);
		const args = ["diff", "--no-index", "--no-color", "--no-ext-diff", "--unified=1", "before", "after"];
		const { stdout } = spawnSync("git", args, { cwd: folder, encoding: "utf8", maxBuffer: 1e9 });
		// The header names the files of the folder.
		const all = stdout.trimEnd().split("\n").slice(4);
		const shown = all
			.slice(0, lines)
			.map((line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)} …` : line));
		return all.length > lines ? [...shown, `… ${all.length - lines} lines more`] : shown;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** As lines that can be told apart: JSON with one value a line, bytes that are no text by their number. */
function textOf({ content, code, said }: Drawn): string {
	const text = content.toString("utf8");
	const isText = Buffer.from(text, "utf8").equals(content);
	const shown = isText ? (indented(text) ?? text) : `${content.length} bytes, ${content.toString("base64")}\n`;
	return `${shown}${shown.endsWith("\n") ? "" : "\n"}(ended with ${code}) ${said}\n`;
}

function indented(text: string): string | null {
	const [, before = "", json = text, behind = ""] =
		/^([\s\S]*?<script type="application\/json"[^>]*>)([\s\S]*?)(<\/script>[\s\S]*)$/.exec(text) ?? [];
	try {
		return `${before}\n${JSON.stringify(JSON.parse(json), null, "\t")}\n${behind}`;
	} catch {
		return null;
	}
}
