import { createReadStream } from "node:fs";
import { basename, join } from "node:path";
import { AsyncTraceReader } from "#src/analyse/import/clinic/async-trace.js";
import type { ClinicOutput, ClinicReading } from "./tools.js";

const MOST_TYPES = 20;

export async function readBubbleprof({ data, window }: ClinicOutput): Promise<ClinicReading> {
	const trace = join(data, `${basename(data)}-traceevent`);
	const reader = new AsyncTraceReader(window);
	for await (const chunk of createReadStream(trace, "utf8")) reader.add(String(chunk));
	const operations = reader.operations();
	if (operations.length === 0) throw new Error("it has no asynchronous operation of the measured window");
	return {
		tree: null,
		ticks: null,
		readings: { verdict: null, series: [], asyncOperations: operations.slice(0, MOST_TYPES) },
		notes: [{ kind: "clinic bubbleprof" }],
	};
}
