import { latencyOf, seriesOf } from "#src/analyse/latency/judged-latency.js";
import type { Latency, Series } from "#src/model/latency.js";
import type { HarnessKind } from "#src/model/load-words.js";
import type { Measurement, Window } from "#src/model/measurement.js";
import { harnessOf } from "#src/report/figures/requests.js";
import { formatCount, formatRate } from "#src/report/numbers/format.js";

/** What the service time of each harness is the time of. */
const SERVICE_OF: Readonly<Record<HarnessKind, string>> = {
	http: "service time",
	sse: "time to first event",
	websocket: "message round trip",
	agent: "whole loop",
};

const SERIES_LABELS: Readonly<Record<Series["name"], string>> = {
	response: "response time",
	sendLag: "send lag",
	pacingLag: "generator's lag",
	connect: "connect",
	eventGap: "gap between events",
	stream: "whole stream",
	provider: "provider",
	overhead: "gateway overhead",
};

/** What the percentiles of a measurement are of: "service time", "response time", "time to first event". */
export const latencyLabel = (measurement: Measurement): string =>
	seriesOf(measurement, "response") === undefined ? SERVICE_OF[harnessOf(measurement)] : SERIES_LABELS.response;

export interface LatencyRow {
	readonly label: string;
	readonly count: number | null;
	readonly latency: Latency;
}

/** The latencies of a measurement besides the one that its percentiles are of; none where there is only that. */
export function furtherLatencies(measurement: Window): readonly LatencyRow[] {
	const shown = latencyOf(measurement);
	const service: LatencyRow = { label: SERVICE_OF[measurement.harness], count: null, latency: measurement.serviceTime };
	const others = measurement.series.map(
		(each): LatencyRow => ({
			label: SERIES_LABELS[each.name],
			count: each.count,
			latency: each,
		}),
	);
	return [service, ...others].filter(({ latency }) => latency !== shown);
}

const TALLY_LABELS: Readonly<Record<string, string>> = {
	events: "events",
	streamsEnded: "streams that ended",
	streamsLeft: "streams left",
	brokenStreams: "broken streams",
	messages: "messages",
	unsolicited: "messages nobody asked for",
	errorMessages: "error messages",
	steps: "steps",
	loopsWithoutProviderTime: "loops without a provider time",
};

/** Those of an open loop have columns of their own. */
const IN_TABLE = new Set(["planned", "missed"]);

/** What was counted besides requests: "1,420 events (606/s), 58 streams left (24.7/s)"; null where there is nothing. */
export function talliesText({ tallies, measuredNs }: Window): string | null {
	const seconds = measuredNs / 1e9;
	const parts = Object.entries(tallies)
		.filter(([name]) => !IN_TABLE.has(name))
		.map(([name, count]) => `${formatCount(count)} ${TALLY_LABELS[name] ?? name} (${formatRate(count / seconds)}/s)`);
	return parts.length === 0 ? null : parts.join(", ");
}
