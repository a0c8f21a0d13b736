import { describe, expect, test } from "vitest";
import { functionTicks } from "#src/analyse/call-tree/call-tree.js";
import { KnownError } from "#src/errors.js";
import { countTicks, parseCpuProfile, plainCallTree } from "./cpu-profile.js";

const at = (functionName: string, url = "", lineNumber = -1, columnNumber = -1): object => ({
	functionName,
	url,
	lineNumber,
	columnNumber,
});

const raw = {
	nodes: [
		{ id: 1, callFrame: at("(root)"), hitCount: 0, children: [2, 3, 4, 5] },
		{ id: 2, callFrame: at("(idle)"), hitCount: 500 },
		{ id: 3, callFrame: at("(program)"), hitCount: 20 },
		{ id: 4, callFrame: at("(garbage collector)"), hitCount: 30 },
		{
			id: 5,
			callFrame: at("serve", "file:///app/server.js", 9, 4),
			hitCount: 40,
			children: [6],
			positionTicks: [{ line: 12, ticks: 40 }],
		},
		{ id: 6, callFrame: at("serve", "file:///app/server.js", 9, 4), hitCount: 110 },
	],
	startTime: 1_000,
	endTime: 901_000,
};

describe("a .cpuprofile", () => {
	test("gives lines and columns that count from 1, and paths", () => {
		const [, , , , serve] = parseCpuProfile(raw).nodes;
		expect(serve).toMatchObject({ frame: { name: "serve", file: "/app/server.js", line: 10, column: 5, kind: "app" } });
		expect([...(serve?.lineTicks ?? [])]).toEqual([[12, 40]]);
	});

	test("becomes a tree without idle time, in which recursion counts once", () => {
		const [serve] = functionTicks(plainCallTree(parseCpuProfile(raw)));
		expect(serve).toMatchObject({ selfTicks: 150, totalTicks: 150 });
	});

	test("keeps its books: total = idle + busy + lost", () => {
		const ticks = countTicks(parseCpuProfile(raw), 1_000);
		expect(ticks).toEqual({
			total: 900,
			idle: 500,
			busy: 200,
			garbageCollector: 30,
			unknown: 20,
			lost: 200,
			putBack: 0,
			ambiguous: 0,
		});
	});

	test("of another form is refused in one sentence", () => {
		for (const wrong of [null, {}, { nodes: [] }, { nodes: [{ id: "1" }], startTime: 0, endTime: 1 }]) {
			expect(() => parseCpuProfile(wrong)).toThrow(KnownError);
		}
	});

	test("whose nodes form a circle is read all the same", () => {
		const circle = {
			nodes: [
				{ id: 1, callFrame: at("(root)"), children: [2] },
				{ id: 2, callFrame: at("a"), children: [3] },
				{ id: 3, callFrame: at("b"), hitCount: 1, children: [2] },
			],
			startTime: 0,
			endTime: 1,
		};
		expect(parseCpuProfile(circle).nodes).toHaveLength(3);
	});
});
