// What does starting az-prof cost on top of Node itself? `node -e 0`, `az-prof --version` and `az-prof --help`, in turn, in a
// fresh random order each round; medians and the 95 % interval of the median difference (order statistics, paired by round).
//   node scripts/bench-start.mjs [--rounds 40]
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "40" } } });
const rounds = Number(values.rounds);
const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const commands = {
	"node -e 0": ["-e", "0"],
	"az-prof --version": [cli, "--version"],
	"az-prof --help": [cli, "--help"],
};

const timesMs = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
for (let round = 0; round < rounds; round++) {
	const order = Object.keys(commands).sort(() => Math.random() - 0.5);
	for (const name of order) {
		const startedMs = performance.now();
		const { status } = spawnSync(process.execPath, commands[name], { stdio: "ignore" });
		if (status !== 0) throw new Error(`${name} exited with ${status}`);
		timesMs[name].push(performance.now() - startedMs);
	}
}

const sorted = (list) => [...list].sort((a, b) => a - b);
const median = (list) => sorted(list)[Math.floor(list.length / 2)];
/** 95 % interval of a median: ranks n/2 ± 0.98 √n. */
const interval = (list) => {
	const margin = 0.98 * Math.sqrt(list.length);
	const values = sorted(list);
	return [
		values[Math.max(0, Math.floor(list.length / 2 - margin))],
		values[Math.min(list.length - 1, Math.ceil(list.length / 2 + margin))],
	];
};

const base = timesMs["node -e 0"];
for (const [name, list] of Object.entries(timesMs)) {
	const differences = list.map((each, index) => each - base[index]);
	const [low, high] = interval(differences);
	const more =
		list === base
			? ""
			: `, ${median(differences).toFixed(1)} ms more than node itself [${low.toFixed(1)} … ${high.toFixed(1)}]`;
	console.log(`${name}: median ${median(list).toFixed(1)} ms${more} (n = ${list.length})`);
}
