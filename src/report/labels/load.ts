import type { Arrivals } from "#src/model/load.js";
import type { Slices } from "#src/model/measurement.js";
import { formatCount, formatRate } from "#src/report/numbers/format.js";

/** "64 clients", "500 requests/s" */
export const loadLabel = (load: Arrivals): string =>
	load.kind === "closed"
		? `${formatCount(load.clients)} ${load.clients === 1 ? "client" : "clients"}`
		: `${formatRate(load.ratePerSecond)} requests/s`;

/** At the head of a column: "base, 1 client" */
export const slicesLabel = ({ variant, load }: Slices): string => `${variant}, ${loadLabel(load)}`;

/** For a narrow column: "64", "500/s" */
export const loadCell = (load: Arrivals): string =>
	load.kind === "closed" ? formatCount(load.clients) : `${formatRate(load.ratePerSecond)}/s`;

/** "64 clients, closed loop", "500 requests/s, open loop (poisson)" */
export const loadDescription = (load: Arrivals): string =>
	`${loadLabel(load)}, ${load.kind === "closed" ? "closed loop" : `open loop (${load.arrivals} arrivals)`}`;
