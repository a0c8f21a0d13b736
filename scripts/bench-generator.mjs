/**
 * What a request, an event and a message cost the load generator, beside undici, autocannon and wrk where they can do the same;
 * and how well it keeps a rate.
 *
 *   npm run build && node scripts/bench-generator.mjs --rows get,post,sse,websocket,open [--rounds 6] [--seconds 2] [--write]
 *
 * Also: --clients 32 --seed N. A round gives each a turn, in a fresh random order. Needs /proc. Traffic goes to loopback only.
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { mergeHistograms, valueAtQuantile } from "#src/analyse/latency/histogram.js";
import { planCpus } from "#src/process/pinning.js";
import { seededRandom, shuffled } from "#src/random.js";
import { clients, recordWindow } from "./bench/clients.mjs";
import { machineLine, writeTable } from "./bench/document.mjs";
import { here, isInstalled, NULL_RESPONDER, startServer } from "./bench/processes.mjs";
import { bracketsOf, hundredths, spread, tenths, whole } from "./bench/statistics.mjs";

const { values } = parseArgs({
	options: {
		rows: { type: "string", default: "get,post,sse,websocket,open" },
		rounds: { type: "string", default: "6" },
		seconds: { type: "string", default: "2" },
		clients: { type: "string", default: "32" },
		seed: { type: "string", default: String(Date.now() % 1_000_000) },
		write: { type: "boolean", default: false },
	},
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const connections = Number(values.clients);
if (!(rounds >= 1 && rounds <= 100 && seconds >= 1 && seconds <= 60 && connections >= 1 && connections <= 10_000)) {
	console.error("--rounds must be 1 to 100, --seconds 1 to 60, --clients 1 to 10,000");
	process.exit(2);
}

const BODY_BYTES = 1_024;
const STREAM_PER_SECOND = 500;
const LONG_MS = 3_600_000;
const PING = '{"type":"ping","seq":{{seq}},"text":"as long as a short question is"}';
const plan = planCpus();
const random = seededRandom(Number(values.seed));
const tools = ["az-prof", "undici", "autocannon", ...(isInstalled("wrk") ? ["wrk"] : [])];

const task = (server, change) => ({
	cpus: plan.generator,
	url: server.url,
	connections,
	rate: null,
	seconds,
	warmupSeconds: 2,
	body: null,
	onBegin: () => {},
	...change,
});

const requestTurns = (body) =>
	tools.map((tool) => ({
		name: tool,
		server: [NULL_RESPONDER],
		run: (server) => clients[tool](task(server, { body })),
	}));

/** Of a load whose unit is something else than a request: how many of them, by the name they are counted under. */
const countedTurn = (name, server, tally, harness) => ({
	name,
	server,
	run: async (server) => {
		const { window, ...used } = await recordWindow(task(server, {}), { harness });
		return { requests: window.tallies[tally] ?? 0, ...used };
	},
});

const openTurn = (rate) => ({
	name: `${whole(rate)}/s`,
	server: [NULL_RESPONDER],
	run: async (server) => {
		const { window, ...used } = await recordWindow(task(server, { rate }));
		const { planned = 0, missed = 0 } = window.tallies;
		const due = (rate * window.windowNs) / 1e9;
		const series = (name) => {
			const found = window.series.find((each) => each.name === name);
			const histogram = mergeHistograms(found.blocks);
			return [0.5, 0.99, 0.999].map((quantile) => valueAtQuantile(histogram, quantile) / 1e3);
		};
		return {
			requests: window.counts.ok,
			...used,
			planned: planned / due,
			answered: window.counts.ok / due,
			missed,
			pacingLag: series("pacingLag"),
			sendLag: series("sendLag"),
			response: series("response"),
		};
	},
});

const rows = {
	get: { turns: requestTurns(null), table: requestTable },
	post: { turns: requestTurns("x".repeat(BODY_BYTES)), table: requestTable },
	sse: {
		turns: [
			countedTurn(
				`${whole(STREAM_PER_SECOND)} a second and stream, a packet each`,
				[here("stream-server.mjs"), String(STREAM_PER_SECOND)],
				"events",
				{ kind: "sse", streamMs: LONG_MS },
			),
			countedTurn("as fast as it goes", [here("stream-server.mjs")], "events", { kind: "sse", streamMs: LONG_MS }),
		],
		table: countedTable("events of a stream", "events/s", "event"),
	},
	websocket: {
		turns: [
			countedTurn("message and answer", [here("echo-server.mjs")], "messages", { kind: "websocket", message: PING }),
		],
		table: countedTable("WebSocket", "messages/s", "round trip"),
	},
	open: { turns: [openTurn(1_000), openTurn(5_000), openTurn(20_000)], table: openTable },
};

const cost = ({ cpuNs, requests }) => cpuNs / requests / 1e3;
const rate = ({ requests, elapsedMs }) => (requests / elapsedMs) * 1e3;
const total = (list) => whole(list.reduce((sum, { requests }) => sum + requests, 0));

function requestTable(results) {
	const ours = results["az-prof"];
	const against = (other, figure) => ours.map((result, round) => figure(result) / figure(results[other][round]));
	return [
		"| client | rounds | requests in all | RPS | client CPU µs/request |",
		"| --- | --- | --- | --- | --- |",
		...Object.entries(results).map(
			([name, list]) =>
				`| ${name} | ${list.length} | ${total(list)} | ${spread(list.map(rate), whole)} | ${spread(list.map(cost), tenths)} |`,
		),
		"",
		"| az-prof against | its CPU per request, as a multiple | its RPS, as a multiple |",
		"| --- | --- | --- |",
		...tools
			.slice(1)
			.map(
				(other) =>
					`| ${other} | ${spread(against(other, cost), hundredths)} | ${spread(against(other, rate), hundredths)} |`,
			),
	];
}

function countedTable(what, perSecond, unit) {
	return (results) => [
		`| ${what} | rounds | in all | ${perSecond} | client CPU µs/${unit} | its core |`,
		"| --- | --- | --- | --- | --- | --- |",
		...Object.entries(results).map(([name, list]) => {
			const busy = list.map(({ cpuNs, elapsedMs }) => cpuNs / 1e4 / elapsedMs);
			return `| ${name} | ${list.length} | ${total(list)} | ${spread(list.map(rate), whole)} | ${spread(list.map(cost), tenths)} | ${spread(busy, whole)} % |`;
		}),
	];
}

function openTable(results) {
	const percent = (value) => `${(value * 100).toFixed(2)} %`;
	const lags = (list, name) =>
		[0, 1, 2]
			.map((i) =>
				spread(
					list.map((each) => each[name][i]),
					whole,
				),
			)
			.join(" · ");
	return [
		"| planned rate | rounds | came to, of the plan | answered, of the plan | missed in all | pacing lag in µs, p50 · p99 · p99.9 | send lag in µs | response time in µs | its core |",
		"| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
		...Object.entries(results).map(([name, list]) => {
			const busy = list.map(({ cpuNs, elapsedMs }) => cpuNs / 1e4 / elapsedMs);
			const figures = [
				name,
				list.length,
				spread(
					list.map(({ planned }) => planned),
					percent,
				),
				spread(
					list.map(({ answered }) => answered),
					percent,
				),
				whole(list.reduce((sum, { missed }) => sum + missed, 0)),
				lags(list, "pacingLag"),
				lags(list, "sendLag"),
				lags(list, "response"),
				`${spread(busy, whole)} %`,
			];
			return `| ${figures.join(" | ")} |`;
		}),
	];
}

/** Every turn of a row in every round; each has its server to itself, and only one server is at work at a time. */
async function measure(turns) {
	const servers = [];
	try {
		for (const { server } of turns) servers.push(await startServer(plan.target, ...server));
		const results = Object.fromEntries(turns.map(({ name }) => [name, []]));
		for (let round = 1; round <= rounds; round++) {
			for (const index of shuffled(turns.length, random)) {
				const { name, run } = turns[index];
				const result = await run(servers[index]);
				results[name].push(result);
				console.error(`round ${round}, ${name}: ${whole(rate(result))}/s, ${tenths(cost(result))} µs CPU each`);
			}
		}
		return results;
	} finally {
		for (const server of servers) await server.close();
	}
}

for (const row of values.rows.split(",")) {
	if (rows[row] === undefined) throw new Error(`there is no row ${row}; there are ${Object.keys(rows).join(", ")}`);
	const loadBefore = loadavg()[0];
	const results = await measure(rows[row].turns);
	const table = [
		...rows[row].table(results),
		"",
		`Medians over rounds, in brackets the ${bracketsOf(rounds)}; multiples are taken within each round. ${machineLine()};`,
		`${row === "open" ? "" : `${connections} connections, `}${seconds} s a round; server on core ${plan.target ?? "any"}, client on core ${plan.generator ?? "any"};`,
		`load average ${loadBefore.toFixed(2)} before, ${loadavg()[0].toFixed(2)} after (the benchmark alone makes it 2); seed ${values.seed}.`,
	].join("\n");
	console.log(`${table}\n`);
	if (values.write) writeTable("bench-generator.md", row, table);
}
process.exit(0);
