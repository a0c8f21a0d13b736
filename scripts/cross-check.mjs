/**
 * Our generator against others on the same servers: who says what of the same thing.
 *
 *   npm run build && node scripts/cross-check.mjs --parts closed,delay,null,busy,freeze [--rounds 6] [--seconds 3] [--write]
 *
 * A round gives each tool one turn on each server, in a fresh random order; multiples are taken within a round. Needs wrk
 * and hey, and runs without those that are not installed. Traffic goes to loopback only.
 */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { planCpus } from "#src/process/pinning.js";
import { seededRandom, shuffled } from "#src/random.js";
import { clients } from "./bench/clients.mjs";
import { machineLine, writeTable } from "./bench/document.mjs";
import { here, isInstalled, NULL_RESPONDER, startServer } from "./bench/processes.mjs";
import { bracketsOf, hundredths, spread, whole } from "./bench/statistics.mjs";

const { values } = parseArgs({
	options: {
		parts: { type: "string", default: "closed,delay,null,busy,freeze" },
		rounds: { type: "string", default: "6" },
		seconds: { type: "string", default: "3" },
		seed: { type: "string", default: String(Date.now() % 1_000_000) },
		write: { type: "boolean", default: false },
	},
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
if (!(rounds >= 1 && rounds <= 100 && seconds >= 2 && seconds <= 60)) {
	console.error("--rounds must be 1 to 100, --seconds 2 to 60");
	process.exit(2);
}

const nullServer = [NULL_RESPONDER];
const knownServer = (kind, ms) => [here("known-server.mjs"), kind, String(ms)];
const CLOSED = ["az-prof", "wrk"];
const OPEN = ["az-prof", "hey", "autocannon", "autocannon, uncorrected"];
const FREEZE_MS = 1_000;

/** What is measured on which server: `cells` of a part share one table. */
const parts = {
	closed: [
		{ name: "null responder, 32 connections", server: nullServer, connections: 32, rate: null, tools: CLOSED },
		{ name: "null responder, 1 connection", server: nullServer, connections: 1, rate: null, tools: CLOSED },
		{ name: "works 1 ms, 8 connections", server: knownServer("busy", 1), connections: 8, rate: null, tools: CLOSED },
		{ name: "waits 5 ms, 8 connections", server: knownServer("delay", 5), connections: 8, rate: null, tools: CLOSED },
	],
	delay: [{ name: "waits 5 ms, 1,000/s", server: knownServer("delay", 5), connections: 20, rate: 1_000, tools: OPEN }],
	null: [{ name: "null responder, 2,000/s", server: nullServer, connections: 20, rate: 2_000, tools: OPEN }],
	busy: [
		{ name: "works 0.5 ms, 1,000/s", server: knownServer("busy", 0.5), connections: 20, rate: 1_000, tools: OPEN },
	],
	freeze: [
		{ name: "open", server: knownServer("delay", 5), connections: 10, rate: 500, tools: OPEN, freezes: true },
		{ name: "closed", server: knownServer("delay", 5), connections: 10, rate: null, tools: CLOSED, freezes: true },
	],
};

const WARMUP_SECONDS = 2;
const plan = planCpus();
const random = seededRandom(Number(values.seed));
const missing = ["wrk", "hey"].filter((program) => !isInstalled(program));

/** One turn of one tool, with what the server saw itself where it says so. */
async function turn(cell, server, tool) {
	const isOurs = cell.server !== nullServer;
	const askTruth = async () => {
		server.child.send("truth");
		const [truth] = await once(server.child, "message");
		return truth;
	};
	let freeze = Promise.resolve();
	const result = await clients[tool]({
		cpus: plan.generator,
		url: server.url,
		connections: cell.connections,
		rate: cell.rate,
		seconds,
		warmupSeconds: WARMUP_SECONDS,
		body: null,
		onBegin: () => {
			if (!cell.freezes) return;
			freeze = sleep((seconds * 1e3) / 2 - FREEZE_MS / 2).then(() => server.child.send({ freezeMs: FREEZE_MS }));
		},
	});
	await freeze;
	return {
		tool,
		...result,
		perSecond: (result.requests / result.elapsedMs) * 1e3,
		truth: isOurs ? await askTruth() : null,
	};
}

async function measure(cells) {
	const servers = [];
	try {
		for (const cell of cells) servers.push(await startServer(plan.target, ...cell.server));
		const turns = cells.flatMap((cell, index) =>
			cell.tools.filter((tool) => !missing.includes(tool)).map((tool) => ({ cell, server: servers[index], tool })),
		);
		const results = [];
		for (let round = 1; round <= rounds; round++) {
			for (const index of shuffled(turns.length, random)) {
				const { cell, server, tool } = turns[index];
				const result = await turn(cell, server, tool);
				results.push({ cell: cell.name, round, ...result });
				const { perSecond, p50Ms, p99Ms, maxMs } = result;
				console.error(`round ${round}, ${cell.name}, ${tool}: ${whole(perSecond)}/s, ${p50Ms}, ${p99Ms}, ${maxMs} ms`);
			}
		}
		return results;
	} finally {
		for (const server of servers) await server.close();
	}
}

const ms = (value) => (value < 10 ? value.toFixed(3) : value.toFixed(0));
const figures = { perSecond: whole, p50Ms: ms, p99Ms: ms };

/** What each tool says, and ours as a multiple of it within each round. */
function comparison(cells, results) {
	const rows = cells.flatMap(({ name, tools, rate }) => {
		const of = (tool) => results.filter((result) => result.cell === name && result.tool === tool);
		const ours = of("az-prof");
		const said = tools
			.filter((tool) => of(tool).length > 0)
			.map((tool) => {
				const multiples = Object.keys(figures).map((figure) =>
					tool === "az-prof"
						? ""
						: spread(
								ours.map((our, i) => our[figure] / of(tool)[i][figure]),
								hundredths,
							),
				);
				const absolute = Object.entries(figures).map(([figure, format]) =>
					spread(
						of(tool).map((each) => each[figure]),
						format,
					),
				);
				return `| ${name} | ${tool} | ${[...absolute, ...multiples].join(" | ")} |`;
			});
		const service =
			rate === null
				? []
				: [
						`| ${name} | az-prof's service time | | ${["p50Ms", "p99Ms"]
							.map((figure) =>
								spread(
									ours.map((our) => our.service[figure]),
									ms,
								),
							)
							.join(" | ")} | | | |`,
					];
		const truths = ours.flatMap(({ truth }) => (truth === null ? [] : [truth]));
		const truth =
			truths.length === 0
				? []
				: [
						`| ${name} | the server itself, under az-prof | | ${["p50Ms", "p99Ms"]
							.map((figure) =>
								spread(
									truths.map((each) => each[figure]),
									ms,
								),
							)
							.join(" | ")} | | | |`,
					];
		return [...said, ...service, ...truth];
	});
	return [
		"| server | tool | requests/s | p50 in ms | p99 in ms | az-prof's RPS ÷ its | az-prof's p50 ÷ its | az-prof's p99 ÷ its |",
		"| --- | --- | --- | --- | --- | --- | --- | --- |",
		...rows,
	];
}

/** What requests that are due at a constant rate wait where nobody is served for a while and the backlog is gone at once. */
function frozenTruth(quantile) {
	const share = FREEZE_MS / 1e3 / seconds;
	return 1 - quantile >= share ? 5 : FREEZE_MS - (1 - quantile) * seconds * 1e3 + 5;
}

function freezeTable(cells, results) {
	const columns = ["p50Ms", "p90Ms", "p99Ms", "maxMs"];
	const row = (name, list) =>
		`| ${name} | ${whole(list.reduce((sum, { requests }) => sum + requests, 0))} | ${columns
			.map((column) =>
				spread(
					list.map((each) => each[column]),
					whole,
				),
			)
			.join(" | ")} |`;
	const rows = cells.flatMap(({ name, tools, rate, connections }) => {
		const of = (tool) => results.filter((result) => result.cell === name && result.tool === tool);
		const kind = rate === null ? `closed, ${connections} clients` : `${whole(rate)}/s`;
		return tools.filter((tool) => of(tool).length > 0).map((tool) => row(`${tool}, ${kind}`, of(tool)));
	});
	const truth = [0.5, 0.9, 0.99, 1].map((quantile) => whole(frozenTruth(quantile)));
	return [
		"| tool | requests in all rounds | p50 in ms | p90 in ms | p99 in ms | largest in ms |",
		"| --- | --- | --- | --- | --- | --- |",
		`| **the truth** for requests that are due evenly | | ${truth.join(" | ")} |`,
		...rows,
	];
}

function versions() {
	const require = (name) =>
		JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url))).version;
	const ofSystem = (program) => {
		try {
			return execFileSync("dpkg-query", ["-W", program], { encoding: "utf8" }).trim().split("\t")[1];
		} catch {
			return "of unknown version";
		}
	};
	const programs = ["wrk", "hey"].filter((program) => !missing.includes(program));
	return [`autocannon ${require("autocannon")}`, ...programs.map((program) => `${program} ${ofSystem(program)}`)].join(
		", ",
	);
}

for (const part of values.parts.split(",")) {
	const cells = parts[part];
	if (cells === undefined) throw new Error(`there is no part ${part}; there are ${Object.keys(parts).join(", ")}`);
	const loadBefore = loadavg()[0];
	const results = await measure(cells);
	const table = [
		...(part === "freeze" ? freezeTable(cells, results) : comparison(cells, results)),
		"",
		`n = ${rounds} rounds of ${seconds} s, medians, in brackets the ${bracketsOf(rounds)}. ${machineLine()};`,
		`${versions()}; server on core ${plan.target ?? "any"}, tools on core ${plan.generator ?? "any"}; load average`,
		`${loadBefore.toFixed(2)} before, ${loadavg()[0].toFixed(2)} after; seed ${values.seed}.`,
	].join("\n");
	console.log(`${table}\n`);
	if (values.write) writeTable("cross-check.md", part, table);
}
process.exit(0);
