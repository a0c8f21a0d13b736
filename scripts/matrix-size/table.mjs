const MEBIBYTE = 2 ** 20;

/** The Markdown table of all runs, by size: the median where there are several. */
export function tableOf({ runs }) {
	if (runs.length === 0) return "Not measured yet.\n";
	const sizes = [...new Set(runs.map(({ variants }) => variants))].sort((a, b) => a - b);
	const rows = sizes.map((variants) => rowOf(runs.filter((run) => run.variants === variants)));
	const { date, machine } = runs.at(-1);
	return [
		"| variants | layers | runs | targets at once | first set after | a set takes | sets | total | memory of all | of the targets | named of those with 5 % | wrong names | CPU truth covered | half-width, of bare |",
		"| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
		...rows.map((row) => `| ${row.join(" | ")} |`),
		"",
		...growthOf(runs, sizes),
		`${machine}, ${date.slice(0, 10)}.`,
		"",
	].join("\n");
}

function rowOf(runs) {
	const [{ variants, layers }] = runs;
	const of = (figure) => median(runs.map(figure));
	const all = runs.flatMap(({ effects }) => effects);
	const judged = all.filter(({ lowNs }) => lowNs !== null);
	const dear = all.filter(({ truthPercent }) => truthPercent >= 5);
	return [
		variants,
		layers,
		runs.length,
		of(({ peak }) => peak.targets),
		seconds(of(({ firstSetS }) => firstSetS)),
		seconds(of(({ setS }) => setS)),
		of(({ sets }) => sets),
		seconds(of(({ totalS }) => totalS)),
		mebibytes(of(({ peak }) => peak.sharedOnceBytes)),
		mebibytes(of(({ peak }) => peak.ownBytesByRole.target)),
		dear.length === 0 ? "–" : `${dear.filter(({ verdict }) => verdict === "costs").length} of ${dear.length}`,
		`${runs.flatMap(({ wrong }) => wrong).length} of ${all.filter(({ truthPercent }) => truthPercent === 0).length}`,
		`${judged.filter(({ covered }) => covered).length} of ${judged.length}`,
		`± ${of(({ halfWidthPercent }) => halfWidthPercent).toFixed(1)} %`,
	];
}

/** What another variant takes: the line of least squares through all runs. */
function growthOf(runs, sizes) {
	if (sizes.length < 2) return [];
	const perVariant = (figure) => line(runs.map((run) => [run.variants, figure(run)]));
	const set = perVariant(({ setS }) => setS);
	const first = perVariant(({ firstSetS }) => firstSetS);
	const memory = perVariant(({ peak }) => peak.sharedOnceBytes / MEBIBYTE);
	return [
		`Another variant takes ${set.slope.toFixed(2)} s of every set and ${first.slope.toFixed(2)} s until the first is there (besides ${first.at0.toFixed(1).replace("-", "−")} s), and ${memory.slope.toFixed(0)} MiB (besides ${memory.at0.toFixed(0)} MiB). Straight lines through the runs; they explain ${percent(set.explained)}, ${percent(first.explained)} and ${percent(memory.explained)} of the differences.`,
	];
}

function line(points) {
	const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;
	const [meanX, meanY] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
	const products = (of, with_) => points.reduce((sum, point) => sum + of(point) * with_(point), 0);
	const dx = ([x]) => x - meanX;
	const dy = ([, y]) => y - meanY;
	const slope = products(dx, dy) / products(dx, dx);
	return { slope, at0: meanY - slope * meanX, explained: (slope * products(dx, dy)) / products(dy, dy) };
}

const seconds = (value) => `${value.toFixed(1)} s`;
const mebibytes = (bytes) => `${Math.round(bytes / MEBIBYTE)} MiB`;
const percent = (share) => `${(share * 100).toFixed(0)} %`;

/** Of an even number, the upper one. */
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
