import { expect, it } from "vitest";
import { functionTicks } from "#src/analyse/call-tree/call-tree.js";
import { Simulation } from "../../../../test/fixtures/simulated-contrasts.js";
import { parseSampledHeapProfile, type SampledBytes, sampledBytes } from "./heap-profile.js";

const INTERVAL_BYTES = 4_096;

/** A sampler as V8's: an object is taken with a probability by its size, and stands for so many as there are of it. */
function sampled(
	objects: Readonly<Record<string, { readonly sizeBytes: number; readonly count: number }>>,
	noise: Simulation,
) {
	const samples: { nodeId: number; size: number }[] = [];
	const children = Object.entries(objects).map(([functionName, { sizeBytes, count }], index) => {
		const probability = 1 - Math.exp(-sizeBytes / INTERVAL_BYTES);
		let taken = 0;
		for (let each = 0; each < count; each++) if (noise.uniform() < probability) taken++;
		for (let each = 0; each < taken; each++)
			samples.push({ nodeId: index + 2, size: sizeBytes * Math.round(1 / probability) });
		const callFrame = { functionName, url: "file:///app/a.js", lineNumber: index, columnNumber: 0 };
		return { id: index + 2, callFrame, selfSize: sizeBytes * Math.round(taken / probability), children: [] };
	});
	const head = {
		id: 1,
		callFrame: { functionName: "(root)", url: "", lineNumber: -1, columnNumber: -1 },
		selfSize: 0,
		children,
	};
	const profile = parseSampledHeapProfile({ head, samples });
	return sampledBytes([{ profile, process: null }], INTERVAL_BYTES);
}

const own = (tree: SampledBytes["tree"], name: string): number =>
	functionTicks(tree).find(({ frame }) => frame.name === name)?.selfTicks ?? 0;

it("knows how much chance is in its bytes, of small objects and of large ones", () => {
	const objects = {
		small: { sizeBytes: 96, count: 20_000 },
		middle: { sizeBytes: 4_096, count: 500 },
		large: { sizeBytes: 60_000, count: 50 },
	};
	const noise = new Simulation(3);
	const tries = Array.from({ length: 300 }, () => sampled(objects, noise));
	for (const [name, { sizeBytes, count }] of Object.entries(objects)) {
		const truth = (sizeBytes * count) / INTERVAL_BYTES;
		const found = tries.map(({ tree }) => own(tree, name));
		const mean = found.reduce((sum, each) => sum + each, 0) / found.length;
		const variance = found.reduce((sum, each) => sum + (each - truth) ** 2, 0) / found.length;
		const told = tries.reduce((sum, { squares }) => sum + own(squares, name), 0) / tries.length;
		// The error of a mean over 300 tries is a seventeenth of one's.
		expect(Math.abs(mean - truth)).toBeLessThan(4 * Math.sqrt(told / 300));
		// Never less than there is: three standard errors of a variance from 300 tries.
		expect(variance).toBeLessThan(told * (1 + 3 * Math.sqrt(2 / 300)));
		expect(told).toBeGreaterThan(truth);
	}
	// Small objects vary as counts do, and large ones, of which none is missed, hardly at all.
	expect(own(tries[0]?.squares ?? expect.fail(), "small") / own(tries[0]?.tree ?? expect.fail(), "small")).toBeLessThan(
		1.1,
	);
});

it("refuses a profile that does not list its samples", () => {
	const callFrame = { functionName: "f", url: "", lineNumber: 1, columnNumber: 1 };
	expect(() => parseSampledHeapProfile({ head: { callFrame, selfSize: 1, children: [] } })).toThrow(/its samples/);
});
