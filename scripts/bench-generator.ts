/**
 * What a request, an event and a message cost the load generator, beside undici, autocannon and wrk where they can do the same;
 * and how well it keeps a rate.
 *
 *   npm run script scripts/bench-generator.ts -- --rows get,post,sse,websocket,open [--rounds 6] [--seconds 2] [--write]
 *
 * Also: --clients 32 --seed N. Needs /proc. Traffic goes to loopback only.
 */
import { mergeHistograms, valueAtQuantile } from "#src/analyse/latency/histogram.js";
import type { Harness, SeriesName } from "#src/load/order/order.js";
import { planCpus } from "#src/process/pinning.js";
import { seededRandom } from "#src/random.js";
import { type ClientName, clients, recordWindow, type Task } from "./bench/clients.js";
import { markdownTable, paragraph, writeIntoPage } from "./bench/document.js";
import { bracketsOf, hundredths, spread, sumOf, tenths, whole } from "./bench/figures.js";
import { loadAverage, machineToday } from "./bench/machine.js";
import { optionsOf, SEED } from "./bench/options.js";
import { isInstalled, NULL_RESPONDER, program, startServer } from "./bench/processes.js";
import { inRounds } from "./bench/rounds.js";

const ROWS = ["get", "post", "sse", "websocket", "open"] as const;
const options = optionsOf({
	lists: { rows: { usual: ROWS.join(), of: ROWS } },
	numbers: {
		rounds: { usual: 6, least: 1, most: 100 },
		seconds: { usual: 2, least: 1, most: 60 },
		clients: { usual: 32, least: 1, most: 10_000 },
		seed: SEED,
	},
	flags: ["write"],
});

const BODY_BYTES = 1_024;
const STREAM_PER_SECOND = 500;
const LONG_MS = 3_600_000;
const PING = '{"type":"ping","seq":{{seq}},"text":"as long as a short question is"}';
const plan = planCpus();
const random = seededRandom(options.seed);
const tools: readonly ClientName[] = [
	"az-prof",
	"undici",
	"autocannon",
	...(isInstalled("wrk") ? ["wrk" as const] : []),
];

/** What was counted, and what that took. */
interface Result {
	readonly requests: number;
	readonly elapsedMs: number;
	readonly cpuNs: number;
}

interface OpenResult extends Result {
	/** Of what was due. */
	readonly plannedShare: number;
	readonly answeredShare: number;
	readonly missed: number;
	readonly quantilesUs: Readonly<Record<"pacingLag" | "sendLag" | "response", readonly (number | null)[]>>;
}

/** One line of a table: what is measured, on a server of its own. Only one server is at work at a time. */
interface Turn<Found extends Result> {
	readonly name: string;
	/** The file and its arguments. */
	readonly server: readonly [string, ...string[]];
	readonly run: (url: string) => Promise<Found>;
}

const taskOf = (url: string, change: Partial<Task> = {}): Task => ({
	cpus: plan.generator,
	url,
	connections: options.clients,
	ratePerSecond: null,
	seconds: options.seconds,
	warmupSeconds: 2,
	body: null,
	onBegin: () => {},
	...change,
});

const requestTurns = (body: string | null): Turn<Result>[] =>
	tools.map((tool) => ({
		name: tool,
		server: [NULL_RESPONDER],
		run: (url) => clients[tool](taskOf(url, { body })),
	}));

/** Of a load whose unit is something else than a request: how many of them, by the name they are counted under. */
const countedTurn = (name: string, server: Turn<Result>["server"], tally: string, harness: Harness): Turn<Result> => ({
	name,
	server,
	run: async (url) => {
		const { window, ...used } = await recordWindow(taskOf(url), harness);
		return { requests: window.tallies[tally] ?? 0, ...used };
	},
});

const openTurn = (ratePerSecond: number): Turn<OpenResult> => ({
	name: `${whole(ratePerSecond)}/s`,
	server: [NULL_RESPONDER],
	run: async (url) => {
		const { window, ...used } = await recordWindow(taskOf(url, { ratePerSecond }));
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
	},
});

const costUs = ({ cpuNs, requests }: Result): number => cpuNs / requests / 1e3;
const perSecond = ({ requests, elapsedMs }: Result): number => (requests / elapsedMs) * 1e3;
const busyPercent = ({ cpuNs, elapsedMs }: Result): number => cpuNs / 1e4 / elapsedMs;
const total = (list: readonly Result[]): string => whole(sumOf(list, ({ requests }) => requests));

/** Results by what was measured, in the order of the rounds. */
type ByName<Found extends Result> = readonly { readonly name: string; readonly list: readonly Found[] }[];

function requestTable(results: ByName<Result>): string[] {
	const ours = results.find(({ name }) => name === "az-prof")?.list ?? [];
	const against = (other: readonly Result[], figure: (result: Result) => number): string =>
		spread(
			ours.map((result, round) => figure(result) / figure(other[round] as Result)),
			hundredths,
		);
	return [
		...markdownTable(
			["client", "rounds", "requests in all", "RPS", "client CPU µs/request"],
			results.map(({ name, list }) => [
				name,
				list.length,
				total(list),
				spread(list.map(perSecond), whole),
				spread(list.map(costUs), tenths),
			]),
		),
		"",
		...markdownTable(
			["az-prof against", "its CPU per request, as a multiple", "its RPS, as a multiple"],
			results
				.filter(({ name }) => name !== "az-prof")
				.map(({ name, list }) => [name, against(list, costUs), against(list, perSecond)]),
		),
	];
}

const countedTable =
	(what: string, rate: string, unit: string) =>
	(results: ByName<Result>): string[] =>
		markdownTable(
			[what, "rounds", "in all", rate, `client CPU µs/${unit}`, "its core"],
			results.map(({ name, list }) => [
				name,
				list.length,
				total(list),
				spread(list.map(perSecond), whole),
				spread(list.map(costUs), tenths),
				`${spread(list.map(busyPercent), whole)} %`,
			]),
		);

function openTable(results: ByName<OpenResult>): string[] {
	const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
	const lags = (list: readonly OpenResult[], name: keyof OpenResult["quantilesUs"]): string =>
		[0, 1, 2]
			.map((at) =>
				spread(
					list.map(({ quantilesUs }) => quantilesUs[name][at] ?? null),
					whole,
				),
			)
			.join(" · ");
	return markdownTable(
		[
			"planned rate",
			"rounds",
			"came to, of the plan",
			"answered, of the plan",
			"missed in all",
			"pacing lag in µs, p50 · p99 · p99.9",
			"send lag in µs",
			"response time in µs",
			"its core",
		],
		results.map(({ name, list }) => [
			name,
			list.length,
			spread(
				list.map(({ plannedShare }) => plannedShare),
				percent,
			),
			spread(
				list.map(({ answeredShare }) => answeredShare),
				percent,
			),
			whole(sumOf(list, ({ missed }) => missed)),
			lags(list, "pacingLag"),
			lags(list, "sendLag"),
			lags(list, "response"),
			`${spread(list.map(busyPercent), whole)} %`,
		]),
	);
}

async function measure<Found extends Result>(turns: readonly Turn<Found>[]): Promise<ByName<Found>> {
	const servers = new Map<Turn<Found>, Awaited<ReturnType<typeof startServer>>>();
	try {
		for (const turn of turns) servers.set(turn, await startServer(plan.target, ...turn.server));
		const results = await inRounds(options.rounds, turns, random, async (turn, round) => {
			const result = await turn.run(servers.get(turn)?.url ?? "");
			console.error(
				`round ${round}, ${turn.name}: ${whole(perSecond(result))}/s, ${tenths(costUs(result))} µs CPU each`,
			);
			return result;
		});
		return turns.map(({ name }, index) => ({ name, list: results[index] ?? [] }));
	} finally {
		for (const server of servers.values()) await server.close();
	}
}

async function tableOf(row: (typeof ROWS)[number]): Promise<string[]> {
	const stream = { kind: "sse", streamMs: LONG_MS } as const;
	switch (row) {
		case "get":
			return requestTable(await measure(requestTurns(null)));
		case "post":
			return requestTable(await measure(requestTurns("x".repeat(BODY_BYTES))));
		case "sse":
			return countedTable(
				"events of a stream",
				"events/s",
				"event",
			)(
				await measure([
					countedTurn(
						`${whole(STREAM_PER_SECOND)} a second and stream, a packet each`,
						[program("stream-server"), String(STREAM_PER_SECOND)],
						"events",
						stream,
					),
					countedTurn("as fast as it goes", [program("stream-server")], "events", stream),
				]),
			);
		case "websocket":
			return countedTable(
				"WebSocket",
				"messages/s",
				"round trip",
			)(
				await measure([
					countedTurn("message and answer", [program("echo-server")], "messages", { kind: "websocket", message: PING }),
				]),
			);
		case "open":
			return openTable(await measure([openTurn(1_000), openTurn(5_000), openTurn(20_000)]));
	}
}

for (const row of ROWS.filter((each) => options.rows.includes(each))) {
	const before = loadAverage();
	const lines = [
		...(await tableOf(row)),
		"",
		...paragraph(
			`Medians over rounds, in brackets the ${bracketsOf(options.rounds)}; multiples are taken within each round. ${machineToday()};`,
			`${row === "open" ? "" : `${options.clients} connections, `}${options.seconds} s a round; server on core ${plan.target ?? "any"}, client on core ${plan.generator ?? "any"};`,
			`load average ${before} before, ${loadAverage()} after (the benchmark alone makes it 2); seed ${options.seed}.`,
		),
	];
	console.log(`${lines.join("\n")}\n`);
	if (options.write) writeIntoPage("bench-generator.md", row, lines);
}
process.exit(0);
