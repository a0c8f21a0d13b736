import type { MeasurementBrief, RunBrief } from "#src/model/listed-run.js";

type Fields = Readonly<Record<string, unknown>>;

/** Null where a record is not what it should be; the schema says what of it. */
export function briefOf(record: unknown): RunBrief | null {
	if (!isFields(record) || !isFields(record.state) || !Array.isArray(record.measurements)) return null;
	const { command, startedAt, measurements } = record;
	const status = record.state.kind;
	if (typeof command !== "string" || typeof startedAt !== "string" || typeof status !== "string") return null;
	const clean = measurements.filter(isClean).map(measurementOf);
	const known = clean.filter((each) => each !== null);
	return known.length < clean.length ? null : { command, startedAt, status, clean: known };
}

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;

/** As parts-of-run.ts has it. */
const isClean = (measurement: unknown): boolean =>
	!isFields(measurement) || measurement.kind === "slices" || measurement.collector === null;

function measurementOf(measurement: unknown): MeasurementBrief | null {
	if (!isFields(measurement)) return null;
	const { endpoint, requestsPerSecond, counts } = measurement;
	if (!isFields(endpoint) || !isFields(counts) || typeof requestsPerSecond !== "number") return null;
	const { method, path } = endpoint;
	if (typeof method !== "string" || typeof path !== "string") return null;
	return { endpoint: { method, path }, requestsPerSecond, p99Ns: counts.ok === 0 ? null : p99Of(measurement) };
}

/** As judged-latency.ts has it: the response time where there is one. */
function p99Of({ series, serviceTime }: Fields): number | null {
	const response: unknown = Array.isArray(series)
		? series.find((each) => isFields(each) && each.name === "response")
		: undefined;
	const latency = response ?? serviceTime;
	if (!isFields(latency) || !Array.isArray(latency.percentiles)) return null;
	const found: unknown = latency.percentiles.find((each) => isFields(each) && each.quantile === 0.99);
	return isFields(found) && typeof found.valueNs === "number" ? found.valueNs : null;
}
