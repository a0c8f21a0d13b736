/** What is measured: each turn one client and one load, on a server of its own. */
import { mergeHistograms, valueAtQuantile } from "#src/analyse/latency/histogram.js";
import type { Harness, SeriesName } from "#src/load/order/order.js";
import { planCpus } from "#src/process/pinning.js";
import { type Client, type ClientName, clients, libraries, recordWindow, type Task } from "../bench/clients.js";
import { whole } from "../bench/figures.js";
import { isInstalled, NULL_RESPONDER, program } from "../bench/processes.js";

const BODY_BYTES = 1_024;
const STREAM_PER_SECOND = 500;
const LONG_MS = 3_600_000;
const MESSAGE = '{"type":"ping","seq":{{seq}},"text":"as long as a short question is"}';
const RATES = [1_000, 5_000, 20_000];
export const OURS = "az-prof";
/** On a busy machine two seconds are few answers, and V8 has not compiled what matters. */
const WARMUP = { warmupSeconds: 2, warmupAnswers: 20_000 };

export const plan = planCpus();

/** How wide and long every load is. */
interface Extent {
	readonly clients: number;
	readonly seconds: number;
}

/** What was counted, and what that took. */
export interface Result {
	readonly requests: number;
	readonly elapsedMs: number;
	readonly cpuNs: number;
}

export interface OpenResult extends Result {
	/** Of what was due. */
	readonly plannedShare: number;
	readonly answeredShare: number;
	readonly missed: number;
	readonly quantilesUs: Readonly<Record<"pacingLag" | "sendLag" | "response", readonly (number | null)[]>>;
}

export interface Turn<Found extends Result> {
	/** Turns of the same load can be held against each other. */
	readonly load: string;
	readonly client: string;
	/** The file and its arguments. Only one server is at work at a time. */
	readonly server: readonly [string, ...string[]];
	readonly run: (url: string) => Promise<Found>;
}

const taskOf = (url: string, { clients: connections, seconds }: Extent, change: Partial<Task> = {}): Task => ({
	cpus: plan.generator,
	url,
	connections,
	ratePerSecond: null,
	seconds,
	...WARMUP,
	body: null,
	onBegin: () => {},
	...change,
});

const tools: readonly ClientName[] = [OURS, "undici", "autocannon", ...(isInstalled("wrk") ? ["wrk" as const] : [])];

const requestTurns = (extent: Extent, body: string | null): Turn<Result>[] =>
	tools.map((tool) => ({
		load: "requests",
		client: tool,
		server: [NULL_RESPONDER],
		run: (url) => clients[tool](taskOf(url, extent, { body })),
	}));

export const getTurns = (extent: Extent): Turn<Result>[] => requestTurns(extent, null);
export const postTurns = (extent: Extent): Turn<Result>[] => requestTurns(extent, "x".repeat(BODY_BYTES));

/**
 * A load whose unit is something else than a request: ours, and the library that it could stand on.
 * @param tally the name under which ours counts the unit
 */
const countedTurns = (
	extent: Extent,
	load: string,
	server: Turn<Result>["server"],
	ours: { readonly tally: string; readonly harness: Harness },
	[library, client]: readonly [name: string, client: Client],
): Turn<Result>[] => [
	{
		load,
		client: OURS,
		server,
		run: async (url) => {
			const { window, ...used } = await recordWindow(taskOf(url, extent), ours.harness);
			return { requests: window.tallies[ours.tally] ?? 0, ...used };
		},
	},
	{ load, client: library, server, run: (url) => client(taskOf(url, extent)) },
];

export const agentTurns = (extent: Extent): Turn<Result>[] =>
	countedTurns(
		extent,
		"a request whose answer is the result",
		[NULL_RESPONDER],
		{ tally: "steps", harness: { kind: "agent", follow: "poll", pollMs: 100 } },
		["undici", libraries.agent],
	);

export function eventTurns(extent: Extent): Turn<Result>[] {
	const ours = { tally: "events", harness: { kind: "sse", streamMs: LONG_MS } } as const;
	const server = program("stream-server");
	const through = ["undici", libraries.events] as const;
	const paced = `${whole(STREAM_PER_SECOND)} a second and stream, a packet each`;
	return [
		...countedTurns(extent, paced, [server, String(STREAM_PER_SECOND)], ours, through),
		...countedTurns(extent, "as fast as it goes", [server], ours, through),
	];
}

export const messageTurns = (extent: Extent): Turn<Result>[] =>
	countedTurns(
		extent,
		"message and answer",
		[program("echo-server")],
		{ tally: "messages", harness: { kind: "websocket", message: MESSAGE } },
		["ws", libraries.messages(MESSAGE)],
	);

export const openTurns = (extent: Extent): Turn<OpenResult>[] =>
	RATES.map((ratePerSecond) => ({
		load: `${whole(ratePerSecond)}/s`,
		client: OURS,
		server: [NULL_RESPONDER],
		run: (url) => openResult(url, extent, ratePerSecond),
	}));

async function openResult(url: string, extent: Extent, ratePerSecond: number): Promise<OpenResult> {
	const { window, ...used } = await recordWindow(taskOf(url, extent, { ratePerSecond, warmupAnswers: 0 }));
	const { planned = 0, missed = 0 } = window.tallies;
	const due = (ratePerSecond * window.windowNs) / 1e9;
	const quantilesOf = (name: SeriesName): (number | null)[] => {
		const histogram = mergeHistograms(window.series.find((each) => each.name === name)?.blocks ?? []);
		return [0.5, 0.99, 0.999].map((quantile) => {
			const valueNs = valueAtQuantile(histogram, quantile);
			return valueNs === null ? null : valueNs / 1e3;
		});
	};
	return {
		requests: window.counts.ok,
		...used,
		plannedShare: planned / due,
		answeredShare: window.counts.ok / due,
		missed,
		quantilesUs: {
			pacingLag: quantilesOf("pacingLag"),
			sendLag: quantilesOf("sendLag"),
			response: quantilesOf("response"),
		},
	};
}
