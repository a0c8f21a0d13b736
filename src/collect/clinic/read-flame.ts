import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { flameCallTree } from "#src/analyse/import/clinic/flame-samples.js";
import type { ClinicOutput, ClinicReading } from "./tools.js";

export async function readFlame({ data }: ClinicOutput): Promise<ClinicReading> {
	const samples: unknown = JSON.parse(await readFile(join(data, `${basename(data)}-samples`), "utf8"));
	return {
		...flameCallTree(samples),
		notes: [
			{ kind: "clinic flame without time" },
			{ kind: "clinic flame drops samples" },
			{ kind: "clinic flame without optimised sources" },
		],
	};
}
