import { markdownTable } from "../bench/document.js";
import { hundredths, spread, sumOf, tenths, whole } from "../bench/figures.js";
import { type OpenResult, OURS, type Result } from "./turns.js";

/** Results of a turn, in the order of the rounds. */
export interface TurnResults<Found extends Result> {
	readonly load: string;
	readonly client: string;
	readonly list: readonly Found[];
}

export const costUs = ({ cpuNs, requests }: Result): number => cpuNs / requests / 1e3;
export const perSecond = ({ requests, elapsedMs }: Result): number => (requests / elapsedMs) * 1e3;
const busyPercent = ({ cpuNs, elapsedMs }: Result): number => cpuNs / 1e4 / elapsedMs;
const total = (list: readonly Result[]): string => whole(sumOf(list, ({ requests }) => requests));

export const requestTable = (results: readonly TurnResults<Result>[]): string[] => [
	...markdownTable(
		["client", "rounds", "requests in all", "RPS", "client CPU µs/request"],
		results.map(({ client, list }) => [
			client,
			list.length,
			total(list),
			spread(list.map(perSecond), whole),
			spread(list.map(costUs), tenths),
		]),
	),
	"",
	...markdownTable(
		["az-prof against", "its CPU per request, as a multiple", "its RPS, as a multiple"],
		results.filter(({ client }) => client !== OURS).map((theirs) => [theirs.client, ...multiplesOf(results, theirs)]),
	),
];

/** Of a load whose unit is something else than a request: in words, and by the word behind a slash. */
export const countedTable =
	(what: string, rate: string, unit: string) =>
	(results: readonly TurnResults<Result>[]): string[] => [
		...markdownTable(
			[what, "client", "rounds", "in all", rate, `client CPU µs/${unit}`, "its core"],
			results.map(({ load, client, list }) => [
				load,
				client,
				list.length,
				total(list),
				spread(list.map(perSecond), whole),
				spread(list.map(costUs), tenths),
				`${spread(list.map(busyPercent), whole)} %`,
			]),
		),
		"",
		...markdownTable(
			[what, "az-prof against", `its CPU per ${unit}, as a multiple`, `its ${rate}, as a multiple`],
			results
				.filter(({ client }) => client !== OURS)
				.map((theirs) => [theirs.load, theirs.client, ...multiplesOf(results, theirs)]),
		),
	];

/** What ours took and reached under the same load, as a multiple of theirs, within each round. */
function multiplesOf(
	results: readonly TurnResults<Result>[],
	theirs: TurnResults<Result>,
): readonly [cpu: string, rate: string] {
	const ours = results.find(({ load, client }) => load === theirs.load && client === OURS)?.list ?? [];
	const against = (figure: (result: Result) => number): string =>
		spread(
			ours.map((result, round) => figure(result) / figure(theirs.list[round] as Result)),
			hundredths,
		);
	return [against(costUs), against(perSecond)];
}

export function openTable(results: readonly TurnResults<OpenResult>[]): string[] {
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
		results.map(({ load, list }) => [
			load,
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
