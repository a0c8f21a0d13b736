import { widthOf } from "./width.js";

export interface Column {
	readonly title: string;
	readonly align?: "left" | "right";
}

/** Control characters could move the cursor or recolour the terminal; names come from the target. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, "�");

/** Between two columns. */
const GAP = "  ";

/** A row whose cells have several lines becomes as many rows. */
function unfolded(cells: readonly string[]): string[][] {
	const parts = cells.map((cell) => cell.split("\n"));
	const height = Math.max(...parts.map(({ length }) => length));
	return Array.from({ length: height }, (_, line) => parts.map((each) => each[line] ?? ""));
}

/** A table without lines around it, for terminals and for pasting into a pull request. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
	const lines = [columns.map(({ title }) => title), ...rows].flatMap(unfolded);
	const widths = columns.map((_, column) => Math.max(...lines.map((cells) => widthOf(cells[column] ?? ""))));
	return lines
		.map((cells) =>
			columns
				.map(({ align }, column) => {
					const text = cells[column] ?? "";
					const space = " ".repeat((widths[column] ?? 0) - widthOf(text));
					return align === "left" ? text + space : space + text;
				})
				.join(GAP)
				.trimEnd(),
		)
		.join("\n");
}

/** Cuts the middle out of a text that is too wide: the beginning and the end of a path or a name say the most. */
export function shorten(text: string, columns: number): string {
	const characters = [...text];
	if (characters.length <= columns) return text;
	if (columns <= 1) return "…";
	const tail = Math.ceil((columns - 1) * 0.6);
	return `${characters.slice(0, columns - 1 - tail).join("")}…${characters.slice(-tail).join("")}`;
}

/** Breaks prose at spaces. */
export function wrap(text: string, columns: number, indent = ""): string {
	const lines: string[] = [];
	let line = "";
	for (const word of text.split(" ")) {
		if (line !== "" && line.length + 1 + word.length > columns - indent.length) {
			lines.push(line);
			line = word;
		} else line = line === "" ? word : `${line} ${word}`;
	}
	if (line !== "") lines.push(line);
	return lines.join(`\n${indent}`);
}
