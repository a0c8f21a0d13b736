// Puts tables into the pages of docs/, between the markers <!-- name: begin --> and <!-- name: end -->.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { fileURLToPath } from "node:url";

/** @throws where the page has no such markers */
export function writeTable(page, name, table) {
	const file = fileURLToPath(new URL(`../../docs/${page}`, import.meta.url));
	const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
	const text = readFileSync(file, "utf8");
	const [from, to] = [text.indexOf(begin), text.indexOf(end)];
	if (from < 0 || to < from) throw new Error(`${file} has no markers ${begin} … ${end}`);
	writeFileSync(file, `${text.slice(0, from + begin.length)}\n${table}\n${text.slice(to)}`);
}

export const machineLine = () =>
	`${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model.trim()}, ${cpus().length} cores, Linux ${release()}, Node ${process.version}`;
