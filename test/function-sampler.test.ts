import { readdirSync } from "node:fs";
import { Agent, get } from "node:http";
import { expect, it } from "vitest";
import { functionTicks } from "#src/analyse/call-tree/call-tree.js";
import { targetFunctionSampler } from "#src/collect/function-sampler.js";
import type { CallTree } from "#src/model/call-tree.js";
import { withFixtureTarget } from "./support/fixture-target.js";
import { temporaryFolder } from "./support/run-cli.js";

const folder = temporaryFolder();
const truth = { oneThousandBytes: 1_000, tenThousandBytes: 10_000, hundredThousandBytes: 100_000 } as const;
const WARM = 2_000;
const SAMPLED = 1_000;

it("what functions allocate is told apart in a process that was warm and had inlined them", { timeout: 60_000 }, () =>
	withFixtureTarget("allocating.cjs", async (target) => {
		const agent = new Agent({ keepAlive: true, maxSockets: 1 });
		const ask = async (times: number): Promise<void> => {
			for (let each = 0; each < times; each++) await answer(`${target.origin}/mixed`, agent);
		};
		const sampler = targetFunctionSampler(target, folder);
		try {
			await ask(WARM);
			await sampler.cpu.begin();
			await ask(SAMPLED);
			expect((await sampler.cpu.end())?.nodes.length).toBeGreaterThan(10);
			await sampler.endInlining();
			await ask(WARM);
			await sampler.bytes.begin();
			await ask(SAMPLED);
			const seen = await sampler.bytes.end();
			if (seen === null) expect.fail("nothing was seen");
			const { tree, squares, intervalBytes } = seen;
			for (const [name, bytes] of Object.entries(truth)) {
				const found = own(tree, name) * intervalBytes;
				// Of large objects every one is counted; of small ones as many as chance wants.
				const chance = 5 * Math.sqrt(own(squares, name)) * intervalBytes;
				expect(Math.abs(found - bytes * SAMPLED), `${name}: ${found / SAMPLED} bytes a request`).toBeLessThan(
					Math.max(chance, 0.01 * bytes * SAMPLED),
				);
			}
			expect(readdirSync(folder)).toEqual([]);
		} finally {
			agent.destroy();
		}
	}),
);

const own = (tree: CallTree, name: string): number =>
	functionTicks(tree).find(({ frame }) => frame.name === name)?.selfTicks ?? 0;

const answer = (url: string, agent: Agent): Promise<void> =>
	new Promise((resolve, reject) => {
		get(url, { agent }, (response) => response.resume().on("end", resolve).on("error", reject)).on("error", reject);
	});
