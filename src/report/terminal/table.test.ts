import { expect, it } from "vitest";
import { renderTable } from "./table.js";

it("keeps a cell of several lines in its column", () => {
	const columns = [{ title: "a", align: "left" }, { title: "b" }, { title: "note", align: "left" }] as const;
	const rows = [
		["one", "1", "first line\nsecond"],
		["three", "22", ""],
	];
	expect(renderTable(columns, rows).split("\n")).toEqual([
		"a       b  note",
		"one     1  first line",
		"           second",
		"three  22",
	]);
});
