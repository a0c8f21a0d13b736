/**
 * What a request, an agent's loop, an event and a message cost the load generator, beside undici and ws, which it could stand on, and
 * beside autocannon and wrk where they can do the same; and how well it keeps a rate.
 *
 *   npm run script scripts/bench-generator.ts -- --rows get,post,agent,sse,websocket,open [--rounds 6] [--seconds 2] [--write]
 *
 * Also: --clients 32 --seed N. Needs /proc. Traffic goes to loopback only.
 */
import { seededRandom } from "#src/random.js";
import { paragraph, writeIntoPage } from "./bench/document.js";
import { bracketsOf, tenths, whole } from "./bench/figures.js";
import { loadAverage, machineToday } from "./bench/machine.js";
import { optionsOf, SEED } from "./bench/options.js";
import { type BenchServer, startServer } from "./bench/processes.js";
import { inRounds } from "./bench/rounds.js";
import {
	costUs,
	countedTable,
	openTable,
	perSecond,
	requestTable,
	type TurnResults,
} from "./bench-generator/tables.js";
import {
	agentTurns,
	eventTurns,
	getTurns,
	messageTurns,
	openTurns,
	plan,
	postTurns,
	type Result,
	type Turn,
} from "./bench-generator/turns.js";

const ROWS = ["get", "post", "agent", "sse", "websocket", "open"] as const;
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
const random = seededRandom(options.seed);

async function measure<Found extends Result>(turns: readonly Turn<Found>[]): Promise<TurnResults<Found>[]> {
	const servers = new Map<Turn<Found>, BenchServer>();
	try {
		for (const turn of turns) servers.set(turn, await startServer(plan.target, ...turn.server));
		const results = await inRounds(options.rounds, turns, random, async (turn, round) => {
			const result = await turn.run(servers.get(turn)?.url ?? "");
			console.error(
				`round ${round}, ${turn.load}, ${turn.client}: ${whole(perSecond(result))}/s, ${tenths(costUs(result))} µs CPU each`,
			);
			return result;
		});
		return turns.map(({ load, client }, index) => ({ load, client, list: results[index] ?? [] }));
	} finally {
		for (const server of servers.values()) await server.close();
	}
}

async function tableOf(row: (typeof ROWS)[number]): Promise<string[]> {
	switch (row) {
		case "get":
			return requestTable(await measure(getTurns(options)));
		case "post":
			return requestTable(await measure(postTurns(options)));
		case "agent":
			return countedTable("an agent's loop", "loops/s", "loop")(await measure(agentTurns(options)));
		case "sse":
			return countedTable("events of a stream", "events/s", "event")(await measure(eventTurns(options)));
		case "websocket":
			return countedTable("WebSocket", "messages/s", "round trip")(await measure(messageTurns(options)));
		case "open":
			return openTable(await measure(openTurns(options)));
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
