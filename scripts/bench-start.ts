/**
 * What does starting az-prof cost on top of Node itself? `node -e 0`, `az-prof --version` and `az-prof --help`; medians and the 95 %
 * interval of the median difference, taken within rounds.
 *
 *   npm run script scripts/bench-start.ts -- [--rounds 40] [--seed N]
 */
import { spawnSync } from "node:child_process";
import { median } from "#src/analyse/comparison/robust.js";
import { entryPoint } from "#src/process/entry-point.js";
import { seededRandom } from "#src/random.js";
import { spread, tenths } from "./bench/figures.js";
import { optionsOf, SEED } from "./bench/options.js";
import { inRounds } from "./bench/rounds.js";

const { rounds, seed } = optionsOf({ numbers: { rounds: { usual: 40, least: 1, most: 1_000 }, seed: SEED } });
const commands = [
	{ name: "node -e 0", args: ["-e", "0"] },
	{ name: "az-prof --version", args: [entryPoint("cli"), "--version"] },
	{ name: "az-prof --help", args: [entryPoint("cli"), "--help"] },
];

const timesMs = await inRounds(rounds, commands, seededRandom(seed), async ({ name, args }) => {
	const startedMs = performance.now();
	const { status } = spawnSync(process.execPath, args, { stdio: "ignore" });
	if (status !== 0) throw new Error(`${name} exited with ${status}`);
	return performance.now() - startedMs;
});

const [nodeMs = []] = timesMs;
for (const [index, { name }] of commands.entries()) {
	const list = timesMs[index] ?? [];
	const more = spread(
		list.map((each, round) => each - (nodeMs[round] ?? Number.NaN)),
		tenths,
	);
	const beside = index === 0 ? "" : `, ${more} ms more than node itself`;
	console.log(`${name}: median ${tenths(median(list))} ms${beside} (n = ${list.length})`);
}
