import { describe, expect, it } from "vitest";
import { CLOCK_MARK, isForLogProcessor, LONG_LINE, onLogClock, V8LogReader } from "./log.js";

const factsOf = (lines: readonly string[]) => {
	const reader = new V8LogReader();
	for (const line of lines) reader.add(line);
	return reader.facts();
};

describe("V8LogReader", () => {
	it("reads ticks with their time and length, and counts those that were cut short", () => {
		const facts = factsOf(["tick,0x1,1500,0,0x0,0,0x2", "tick,0x1,25", "tick,0x1,,0,0x0,0"]);
		expect(facts.ticks).toEqual([{ atUs: 1500, length: "tick,0x1,1500,0,0x0,0,0x2".length }]);
		expect(facts.unreadableTicks).toBe(2);
	});

	it("takes the clock from the mark that was logged soonest after its time was read", () => {
		const facts = factsOf([
			`code-creation,Script,10,52142,0x1f,3, ${CLOCK_MARK}1841020200000:1:1,0x1f,~`,
			`code-creation,Script,10,52365,0x1f,3, ${CLOCK_MARK}1841020500000:1:1,0x1f,~`,
			`script-source,84,${CLOCK_MARK}1,0`,
		]);
		expect(facts.clockOffsetUs).toBeCloseTo(52_365 - 1_841_020_500, 3);
		expect(onLogClock(1_841_021_500_000n, facts.clockOffsetUs ?? 0)).toBeCloseTo(53_365, 3);
	});

	it("has no clock without a mark", () => {
		expect(factsOf(["code-creation,Script,10,52142,0x1f,3, /app/a.js:1:1,0x1f,~"]).clockOffsetUs).toBeNull();
	});

	it("reads builtins, libraries, interval and version", () => {
		const facts = factsOf([
			"v8-version,11,3,244,8,-node.38,0",
			"profiler,begin,1000",
			"shared-library,/opt/node, the one,0x400000,0xb71000,0",
			"code-creation,Builtin,2,11471,0x18c4000,768,LoadIC",
			"code-creation,BytecodeHandler,0,23075,0x1a076c0,24,Wide",
			"code-creation,Builtin,2,11471,0x18c5000,0,Empty",
		]);
		expect(facts.v8Version).toBe("11.3.244.8");
		expect(facts.samplingIntervalUs).toBe(1_000);
		expect(facts.libraries).toEqual([{ name: "/opt/node, the one", start: 0x400000, end: 0xb71000 }]);
		expect(facts.builtins).toEqual([
			{ name: "LoadIC", start: 0x18c4000, end: 0x18c4300, interpreter: false },
			{ name: "Wide", start: 0x1a076c0, end: 0x1a076d8, interpreter: true },
		]);
	});
});

describe("isForLogProcessor", () => {
	const long = "x".repeat(LONG_LINE);
	it.each([
		["tick,0x1,2,0,0x0,0,0x2", true],
		[`tick,0x1,2,0,0x0,0,${long}`, false],
		[`code-source-info,0x1,4,0,99,${long},,`, true],
		["script-source,4,/app/server.js,const a = 1;", false],
		["code-creation,JS,10,5,0x1,20,f /app/a.js:1:1,0x2,~", true],
	])("%#", (line, wanted) => {
		expect(isForLogProcessor(line)).toBe(wanted);
	});
});
