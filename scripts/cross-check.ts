/**
 * Our generator against others on the same servers: who says what of the same thing.
 *
 *   npm run script scripts/cross-check.ts -- --parts closed,delay,null,busy,freeze [--rounds 6] [--seconds 3] [--write]
 *
 * Multiples are taken within a round. Needs wrk and hey, and runs without those that are not installed. Traffic goes to
 * loopback only.
 */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { planCpus } from "#src/process/pinning.js";
import { seededRandom } from "#src/random.js";
import { type ClientName, type ClientResult, clients, type Percentiles } from "./bench/clients.js";
import { markdownTable, paragraph, writeIntoPage } from "./bench/document.js";
import { bracketsOf, hundredths, spread, sumOf, whole } from "./bench/figures.js";
import { loadAverage, machineToday } from "./bench/machine.js";
import { optionsOf, SEED } from "./bench/options.js";
import { type BenchServer, isInstalled, NULL_RESPONDER, program, startServer } from "./bench/processes.js";
import { inRounds } from "./bench/rounds.js";

const PARTS = ["closed", "delay", "null", "busy", "freeze"] as const;
const options = optionsOf({
	lists: { parts: { usual: PARTS.join(), of: PARTS } },
	numbers: { rounds: { usual: 6, least: 1, most: 100 }, seconds: { usual: 3, least: 2, most: 60 }, seed: SEED },
	flags: ["write"],
});

/** What is measured on which server; those of a part share one table. */
interface Cell {
	readonly name: string;
	/** Null: the one that answers at once, and sees nothing. */
	readonly server: { readonly kind: "busy" | "delay"; readonly ms: number } | null;
	readonly connections: number;
	readonly ratePerSecond: number | null;
	readonly tools: readonly ClientName[];
	/** Stands still in the middle of it. */
	readonly freezes?: true;
}

const CLOSED: readonly ClientName[] = ["az-prof", "wrk"];
const OPEN: readonly ClientName[] = ["az-prof", "hey", "autocannon", "autocannon, uncorrected"];
const FREEZE_MS = 1_000;
const WARMUP_SECONDS = 2;

const waits5 = { kind: "delay", ms: 5 } as const;
const closed = (name: string, server: Cell["server"], connections: number): Cell => ({
	name,
	server,
	connections,
	ratePerSecond: null,
	tools: CLOSED,
});
const open = (name: string, server: Cell["server"], ratePerSecond: number): Cell => ({
	name,
	server,
	connections: 20,
	ratePerSecond,
	tools: OPEN,
});
const cellsOf: Readonly<Record<(typeof PARTS)[number], readonly Cell[]>> = {
	closed: [
		closed("null responder, 32 connections", null, 32),
		closed("null responder, 1 connection", null, 1),
		closed("works 1 ms, 8 connections", { kind: "busy", ms: 1 }, 8),
		closed("waits 5 ms, 8 connections", waits5, 8),
	],
	delay: [open("waits 5 ms, 1,000/s", waits5, 1_000)],
	null: [open("null responder, 2,000/s", null, 2_000)],
	busy: [open("works 0.5 ms, 1,000/s", { kind: "busy", ms: 0.5 }, 1_000)],
	freeze: [
		{ ...open("open", waits5, 500), connections: 10, freezes: true },
		{ ...closed("closed", waits5, 10), freezes: true },
	],
};

const plan = planCpus();
const random = seededRandom(options.seed);
const missing = ["wrk", "hey"].filter((name) => !isInstalled(name));

/** What the server saw itself. */
interface Truth {
	readonly p50Ms: number | null;
	readonly p99Ms: number | null;
}

interface Result extends ClientResult {
	readonly perSecond: number;
	/** Null where the server does not say. */
	readonly truth: Truth | null;
}

interface Turn {
	readonly cell: Cell;
	readonly tool: ClientName;
}

/** One turn of one tool. */
async function take({ cell, tool }: Turn, server: BenchServer): Promise<Result> {
	let freeze: Promise<unknown> = Promise.resolve();
	const result = await clients[tool]({
		cpus: plan.generator,
		url: server.url,
		connections: cell.connections,
		ratePerSecond: cell.ratePerSecond,
		seconds: options.seconds,
		warmupSeconds: WARMUP_SECONDS,
		warmupAnswers: 0,
		body: null,
		onBegin: () => {
			if (cell.freezes !== true) return;
			const beforeMs = (options.seconds * 1e3) / 2 - FREEZE_MS / 2;
			freeze = sleep(beforeMs).then(() => server.child.send({ freezeMs: FREEZE_MS }));
		},
	});
	await freeze;
	return {
		...result,
		perSecond: (result.requests / result.elapsedMs) * 1e3,
		truth: cell.server === null ? null : await truthOf(server),
	};
}

async function truthOf({ child }: BenchServer): Promise<Truth> {
	child.send("truth");
	const [truth] = (await once(child, "message")) as [Truth];
	return truth;
}

/** Results of one tool on one cell, in the order of the rounds. */
type Results = (cell: Cell, tool: ClientName) => readonly Result[];

async function measure(cells: readonly Cell[]): Promise<Results> {
	const servers = new Map<Cell, BenchServer>();
	try {
		for (const cell of cells) servers.set(cell, await serverOf(cell));
		const turns: Turn[] = cells.flatMap((cell) =>
			cell.tools.filter((tool) => !missing.includes(tool)).map((tool) => ({ cell, tool })),
		);
		const results = await inRounds(options.rounds, turns, random, async (turn, round) => {
			const result = await take(turn, servers.get(turn.cell) as BenchServer);
			const { perSecond, p50Ms, p99Ms, maxMs } = result;
			console.error(
				`round ${round}, ${turn.cell.name}, ${turn.tool}: ${whole(perSecond)}/s, ${p50Ms}, ${p99Ms}, ${maxMs} ms`,
			);
			return result;
		});
		return (cell, tool) => results[turns.findIndex((turn) => turn.cell === cell && turn.tool === tool)] ?? [];
	} finally {
		for (const server of servers.values()) await server.close();
	}
}

const serverOf = ({ server }: Cell): Promise<BenchServer> =>
	server === null
		? startServer(plan.target, NULL_RESPONDER)
		: startServer(plan.target, program("known-server"), server.kind, String(server.ms));

const ms = (value: number): string => (value < 10 ? value.toFixed(3) : value.toFixed(0));
const FIGURES = ["perSecond", "p50Ms", "p99Ms"] as const;
const formatOf = { perSecond: whole, p50Ms: ms, p99Ms: ms } as const;

/** What each tool says, and ours as a multiple of it within each round. */
function comparisonTable(cells: readonly Cell[], results: Results): string[] {
	return markdownTable(
		[
			"server",
			"tool",
			"requests/s",
			"p50 in ms",
			"p99 in ms",
			"az-prof's RPS ÷ its",
			"az-prof's p50 ÷ its",
			"az-prof's p99 ÷ its",
		],
		cells.flatMap((cell) => [
			...cell.tools.filter((tool) => results(cell, tool).length > 0).map((tool) => toolRow(cell, tool, results)),
			...(cell.ratePerSecond === null
				? []
				: [
						percentilesRow(
							cell,
							"az-prof's service time",
							results(cell, "az-prof").map(({ service }) => service ?? null),
						),
					]),
			...(cell.server === null
				? []
				: [
						percentilesRow(
							cell,
							"the server itself, under az-prof",
							results(cell, "az-prof").map(({ truth }) => truth),
						),
					]),
		]),
	);
}

function toolRow(cell: Cell, tool: ClientName, results: Results): string[] {
	const theirs = results(cell, tool);
	const ours = results(cell, "az-prof");
	const said = FIGURES.map((figure) =>
		spread(
			theirs.map((each) => each[figure]),
			formatOf[figure],
		),
	);
	const multiples = FIGURES.map((figure) =>
		spread(
			ours.map((our, round) => (our[figure] ?? Number.NaN) / (theirs[round]?.[figure] ?? Number.NaN)),
			hundredths,
		),
	);
	return [cell.name, tool, ...said, ...(tool === "az-prof" ? ["", "", ""] : multiples)];
}

const percentilesRow = (
	cell: Cell,
	name: string,
	list: readonly (Pick<Percentiles, "p50Ms" | "p99Ms"> | null)[],
): string[] => [
	cell.name,
	name,
	"",
	...(["p50Ms", "p99Ms"] as const).map((figure) =>
		spread(
			list.map((each) => each?.[figure] ?? null),
			ms,
		),
	),
	"",
	"",
	"",
];

/** What requests that are due at a constant rate wait where nobody is served for a while and the backlog is gone at once. */
function frozenMs(quantile: number): number {
	const share = FREEZE_MS / 1e3 / options.seconds;
	return 1 - quantile >= share ? 5 : FREEZE_MS - (1 - quantile) * options.seconds * 1e3 + 5;
}

function freezeTable(cells: readonly Cell[], results: Results): string[] {
	const rows = cells.flatMap((cell) =>
		cell.tools
			.filter((tool) => results(cell, tool).length > 0)
			.map((tool) => {
				const list = results(cell, tool);
				const { ratePerSecond, connections } = cell;
				const kind = ratePerSecond === null ? `closed, ${connections} clients` : `${whole(ratePerSecond)}/s`;
				const figures = (["p50Ms", "p90Ms", "p99Ms", "maxMs"] as const).map((figure) =>
					spread(
						list.map((each) => each[figure]),
						whole,
					),
				);
				return [`${tool}, ${kind}`, whole(sumOf(list, ({ requests }) => requests)), ...figures];
			}),
	);
	return markdownTable(
		["tool", "requests in all rounds", "p50 in ms", "p90 in ms", "p99 in ms", "largest in ms"],
		[
			[
				"**the truth** for requests that are due evenly",
				"",
				...[0.5, 0.9, 0.99, 1].map((quantile) => whole(frozenMs(quantile))),
			],
			...rows,
		],
	);
}

function versions(): string {
	const { version } = createRequire(import.meta.url)("autocannon/package.json") as { version: string };
	const ofSystem = (name: string): string => {
		try {
			return (
				execFileSync("dpkg-query", ["-W", name], { encoding: "utf8" }).trim().split("\t")[1] ?? "of unknown version"
			);
		} catch {
			return "of unknown version";
		}
	};
	const programs = ["wrk", "hey"].filter((name) => !missing.includes(name));
	return [`autocannon ${version}`, ...programs.map((name) => `${name} ${ofSystem(name)}`)].join(", ");
}

for (const part of PARTS.filter((each) => options.parts.includes(each))) {
	const before = loadAverage();
	const cells = cellsOf[part];
	const results = await measure(cells);
	const lines = [
		...(part === "freeze" ? freezeTable(cells, results) : comparisonTable(cells, results)),
		"",
		...paragraph(
			`n = ${options.rounds} rounds of ${options.seconds} s, medians, in brackets the ${bracketsOf(options.rounds)}. ${machineToday()};`,
			`${versions()}; server on core ${plan.target ?? "any"}, tools on core ${plan.generator ?? "any"}; load average`,
			`${before} before, ${loadAverage()} after; seed ${options.seed}.`,
		),
	];
	console.log(`${lines.join("\n")}\n`);
	if (options.write) writeIntoPage("cross-check.md", part, lines);
}
process.exit(0);
