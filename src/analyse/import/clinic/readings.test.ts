import { describe, expect, it } from "vitest";
import { AsyncTraceReader } from "./async-trace.js";
import { doctorVerdict, parseProcessStats, statSeries } from "./doctor-stat.js";
import { flameCallTree } from "./flame-samples.js";

describe("clinic doctor's process statistics", () => {
	function message(atMs: number, delayMs: number, cpu: number): Buffer {
		const double = (tag: number, value: number): Buffer => {
			const field = Buffer.alloc(9);
			field.writeUInt8(tag, 0);
			field.writeDoubleLE(value, 1);
			return field;
		};
		const memory = Buffer.concat([double(0x09, 50e6), double(0x11, 30e6), double(0x19, 20e6), double(0x21, 1e6)]);
		const body = Buffer.concat([
			double(0x09, atMs),
			double(0x11, delayMs),
			double(0x19, cpu),
			Buffer.from([0x22, memory.length]),
			memory,
			Buffer.from([0x28, 0x96, 0x01, 0x30, 99]),
		]);
		const prefix = Buffer.alloc(2);
		prefix.writeUInt16BE(body.length);
		return Buffer.concat([prefix, body]);
	}

	it("are decoded, a cut one at the end left out", () => {
		const whole = Buffer.concat([message(1_000, 2.5, 0.5), message(1_010, 0, 1)]);
		const stats = parseProcessStats(whole.subarray(0, whole.length - 3));
		expect(stats).toEqual([{ atMs: 1_000, delayMs: 2.5, cpu: 0.5, rssBytes: 50e6, heapUsedBytes: 20e6, handles: 150 }]);
		expect(parseProcessStats(new Uint8Array())).toEqual([]);
	});

	it("are refused where they are something else", () => {
		expect(() => parseProcessStats(Buffer.from("\0\u0003abc"))).toThrow(RangeError);
		expect(() => parseProcessStats(message(1, 1, 1).fill(0xff, 2))).toThrow(RangeError);
	});

	it("become series of the window: means, and the largest delay", () => {
		const stats = parseProcessStats(
			Buffer.concat([message(900, 50, 1), message(1_010, 1, 0.4), message(1_020, 7, 0.6), message(1_150, 0, 0.1)]),
		);
		const series = statSeries(stats, { fromMs: 1_000, toMs: 1_200 });
		const points = (label: string) => series.find((each) => each.label === label)?.points;
		expect(points("CPU")).toEqual([
			[50, 0.5],
			[150, 0.1],
		]);
		expect(points("event-loop delay")?.[0]).toEqual([50, 7]);
		expect(points("handles")?.[0]).toEqual([50, 150]);
		expect(statSeries(stats, { fromMs: 5_000, toMs: 6_000 })).toEqual([]);
	});

	it("the verdict is found in the page", () => {
		const page =
			'<script>{"analysis": {"interval":[1,2],"issues":{"delay":"none","memory":{"rss":"performance"}},"issueCategory":"gc"}}</script>';
		expect(doctorVerdict(page)).toEqual({ category: "gc", issues: { delay: "none", "memory rss": "performance" } });
		expect(doctorVerdict("<html>")).toBeNull();
	});
});

describe("clinic bubbleprof's trace", () => {
	const event = (ts: number, ph: string, name: string, id: string): string =>
		JSON.stringify({
			pid: 1,
			tid: 1,
			ts,
			tts: 1,
			ph,
			cat: "node,node.async_hooks",
			name,
			dur: 0,
			tdur: 0,
			id,
			args: {},
		});
	const trace = `{"traceEvents":[${[
		event(50, "b", "Timeout", "0x1"),
		event(100, "b", "TCPWRAP", "0x2"),
		event(200, "b", "TCPWRAP_CALLBACK", "0x2"),
		event(1_200, "e", "TCPWRAP_CALLBACK", "0x2"),
		event(5_100, "e", "TCPWRAP", "0x2"),
		event(300, "b", "TCPWRAP", "0x3"),
		event(700, "b", "TCPWRAP_CALLBACK", "0x3"),
		event(900, "e", "TCPWRAP_CALLBACK", "0x3"),
		event(9_000, "b", "Timeout", "0x4"),
	].join(",")}]}`;

	it("adds up operations of the window, however it is cut", () => {
		for (const size of [7, 64, 10_000]) {
			const reader = new AsyncTraceReader({ fromUs: 100, toUs: 8_000 });
			for (let at = 0; at < trace.length; at += size) reader.add(trace.slice(at, at + size));
			expect(reader.operations()).toEqual([{ type: "TCPWRAP", count: 2, callbacks: 2, openMs: 5.6, callbackMs: 1.2 }]);
		}
	});

	it("bears a trace that is cut short", () => {
		const reader = new AsyncTraceReader({ fromUs: 100, toUs: 8_000 });
		reader.add(trace.slice(0, 500));
		expect(reader.operations().length).toBeLessThanOrEqual(2);
	});
});

describe("clinic flame's samples", () => {
	const main = { name: "main /srv/app/server.js:1:1", type: "JS", kind: "Opt", func: 1, tm: 1 };

	it("become a call tree; waiting is idle, an empty stack unknown", () => {
		const { tree, ticks } = flameCallTree([
			[main, { name: "work /srv/app/node_modules/dep/index.js:5:3", type: "JS", kind: "Opt" }],
			[main, { name: "epoll_pwait@@GLIBC_2.6", type: "CPP" }],
			[],
		]);
		expect(ticks).toMatchObject({ total: 3, busy: 2, idle: 1, unknown: 1 });
		const work = tree.frames.find(({ name }) => name === "work");
		expect(work).toMatchObject({ file: "/srv/app/node_modules/dep/index.js", line: 5, package: "dep" });
	});

	it("are refused when empty or of another shape", () => {
		expect(() => flameCallTree([])).toThrow("no samples");
		expect(() => flameCallTree({ code: [] })).toThrow();
	});
});
