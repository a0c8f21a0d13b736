import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { flameCallTree } from "#src/analyse/import/clinic/flame-samples.js";
import type { ClinicOutput, ClinicReading } from "./tools.js";

export async function readFlame({ data }: ClinicOutput): Promise<ClinicReading> {
	const samples: unknown = JSON.parse(await readFile(join(data, `${basename(data)}-samples`), "utf8"));
	return {
		...flameCallTree(samples),
		notes: [
			"its samples carry no time: the tree is of the target's whole life, start and warm-up included",
			"its garbage collection is not told apart, and its 0x drops samples with very long stacks without a word",
			"the printing of optimised sources was off (--no-print-opt-source): a third of a short profile is of that otherwise",
		],
	};
}
