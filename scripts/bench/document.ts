/** Tables, and the pages of docs/ that show them, between the markers <!-- name: begin --> and <!-- name: end -->. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "#src/process/entry-point.js";

/** The lines of a Markdown table. */
export const markdownTable = (
	columns: readonly string[],
	rows: readonly (readonly (string | number)[])[],
): string[] => {
	const line = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
	return [line(columns), line(columns.map(() => "---")), ...rows.map(line)];
};

const LONGEST_LINE = 120;

/** Sentences as the lines of a paragraph. Words between two backticks may be parted as well: Markdown puts them together. */
export function paragraph(...sentences: readonly string[]): string[] {
	const lines: string[] = [];
	for (const word of sentences.join(" ").split(" ")) {
		const line = lines.at(-1);
		if (line === undefined || line.length + 1 + word.length > LONGEST_LINE) lines.push(word);
		else lines[lines.length - 1] = `${line} ${word}`;
	}
	return lines;
}

/**
 * Puts lines between the markers of a page.
 * @throws where the page has no such markers
 */
export function writeIntoPage(page: string, name: string, lines: readonly string[]): void {
	const file = join(projectRoot, "docs", page);
	writeFileSync(file, between(readFileSync(file, "utf8"), name, lines, file));
}

function between(text: string, name: string, lines: readonly string[], file: string): string {
	const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
	const [from, to] = [text.indexOf(begin), text.indexOf(end)];
	if (from < 0 || to < from) throw new Error(`${file} has no markers ${begin} … ${end}`);
	return `${text.slice(0, from + begin.length)}\n${lines.join("\n")}\n${text.slice(to)}`;
}
