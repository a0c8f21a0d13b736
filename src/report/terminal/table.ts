import Table from "cli-table3";

export interface Column {
	readonly title: string;
	readonly align?: "left" | "right";
}

/** Control characters could move the cursor or recolour the terminal; names come from the target. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, "�");

/** A table without lines around it, for terminals and for pasting into a pull request. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
	const table = new Table({
		head: columns.map((column) => column.title),
		colAligns: columns.map((column) => column.align ?? "right"),
		style: { head: [], border: [], "padding-left": 0, "padding-right": 2 },
		chars: {
			top: "",
			"top-mid": "",
			"top-left": "",
			"top-right": "",
			bottom: "",
			"bottom-mid": "",
			"bottom-left": "",
			"bottom-right": "",
			left: "",
			"left-mid": "",
			mid: "",
			"mid-mid": "",
			right: "",
			"right-mid": "",
			middle: "",
		},
	});
	table.push(...rows.map((row) => [...row]));
	return table
		.toString()
		.split("\n")
		.map((line) => line.trimEnd())
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
