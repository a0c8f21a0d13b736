import { percentileOf } from "#src/analyse/latency/judged-latency.js";
import type { Measurement } from "#src/model/measurement.js";
import { failedRequests, harnessOf, missedRequests } from "#src/report/figures/requests.js";
import { endpointLabel } from "#src/report/labels/endpoint.js";
import { loadLabel } from "#src/report/labels/load.js";
import { formatCount, formatQuantile, formatRate } from "#src/report/numbers/format.js";
import { formatNs } from "#src/report/numbers/times.js";

/** What is counted by the second. */
const UNIT_OF_HARNESS = { http: "requests", sse: "streams", websocket: "messages", agent: "loops" } as const;

/** "GET /items: 5,210 requests/s, p99 12.3 ms" */
export const measuredClause = (measurement: Measurement, withClients: boolean): string =>
	`${measuredName(measurement, withClients)}: ${figuresClause(measurement)}`;

/** "GET /items with 64 clients" */
export const measuredName = (measurement: Measurement, withClients: boolean): string =>
	`${endpointLabel(measurement.endpoint)}${withClients ? ` with ${loadLabel(measurement.load)}` : ""}`;

/** "5,210 requests/s, p99 12.3 ms, 4 of 52,100 requests failed" */
export function figuresClause(measurement: Measurement): string {
	const p99 = percentileOf(measurement, 0.99);
	const failed = failedRequests(measurement.counts);
	const missed = missedRequests(measurement) ?? 0;
	const parts = [`${formatRate(measurement.requestsPerSecond)} ${UNIT_OF_HARNESS[harnessOf(measurement)]}/s`];
	if (p99 !== undefined) parts.push(`${formatQuantile(p99.quantile)} ${formatNs(p99.valueNs)}`);
	if (failed > 0) parts.push(`${formatCount(failed)} of ${formatCount(measurement.counts.attempted)} requests failed`);
	if (missed > 0) parts.push(`${formatCount(missed)} were due and not sent`);
	return parts.join(", ");
}
