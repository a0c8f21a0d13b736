import { percentileOf } from "#src/analyse/latency/judged-latency.js";
import type { ClientCeiling } from "#src/model/client-ceiling.js";
import type { Finding } from "#src/model/finding.js";
import type { Window } from "#src/model/measurement.js";
import { TARGET_FULL, targetShareOf } from "./target-share.js";

/** From this share of what the client can do against a server that does nothing, it may be what limits a throughput. */
const NEAR_CEILING = 0.7;
/** A median below this many floors is mostly client, kernel and loopback. */
const NEAR_FLOOR = 1.5;

/** What the client's own limits say of windows of whole answers; others have no null server to be held against. */
export const clientFindings = (measurements: readonly Window[], client: ClientCeiling): Finding[] =>
	measurements
		.filter(({ harness, collector }) => harness === "http" && collector === null)
		.flatMap((each) => [...nearCeiling(each, client), ...nearFloor(each, client)]);

function nearCeiling(measurement: Window, client: ClientCeiling): Finding[] {
	const { id, requestsPerSecond } = measurement;
	const share = requestsPerSecond / client.requestsPerSecond;
	const target = targetShareOf(measurement);
	if (share < NEAR_CEILING || (target !== null && target >= TARGET_FULL)) return [];
	return [
		{
			code: "GENERATOR_NEAR_CEILING",
			severity: "warning",
			about: id,
			figures: { requestsPerSecond, ceilingPerSecond: client.requestsPerSecond, share, targetUtilization: target },
		},
	];
}

function nearFloor(measurement: Window, client: ClientCeiling): Finding[] {
	const p50 = percentileOf(measurement, 0.5);
	if (p50 === undefined || p50.valueNs >= NEAR_FLOOR * client.floorP50Ns) return [];
	return [
		{
			code: "LATENCY_NEAR_FLOOR",
			severity: "info",
			about: measurement.id,
			figures: { p50Ns: p50.valueNs, floorP50Ns: client.floorP50Ns },
		},
	];
}
