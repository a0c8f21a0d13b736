import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { CallTreeBuilder } from "#src/analyse/call-tree/call-tree.js";
import {
	brightness,
	frameNamed,
	horizontalOverflow,
	lowestContrast,
	reportPages,
	widthOf,
} from "./fixtures/report/report-page.js";
import {
	type SampleReport,
	sampleFlame,
	sampleLoad,
	sampleNothing,
	samplePartial,
} from "./fixtures/report/sample-run.js";
import { hugeTree, nastyNames } from "./fixtures/report/sample-tree.js";

const open = reportPages();

describe("the report in a browser", () => {
	it("opens from disk without a request, an error or a dialog", async () => {
		for (const report of [sampleFlame(), sampleLoad(), samplePartial(), sampleNothing()]) {
			const { offences } = await open(report);
			expect(offences).toEqual([]);
		}
	});

	it("lets nothing else load or run, whatever might get into the page", async () => {
		const asked: (string | undefined)[] = [];
		const server = createServer((request, response) => {
			asked.push(request.url);
			response.end();
		});
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		try {
			const { page, offences } = await open(sampleFlame());
			await page.evaluate(`{
				const script = document.createElement("script");
				script.textContent = "globalThis.intruder = true";
				const image = document.createElement("img");
				image.src = "${origin}/pixel.png";
				document.body.append(script, image);
				fetch("${origin}/data").catch(() => {});
			}`);
			await expect
				.poll(() => offences.filter((each) => /Content Security Policy/.test(each)).length)
				.toBeGreaterThanOrEqual(3);
			expect(asked).toEqual([]);
			expect(await page.evaluate("'intruder' in globalThis")).toBe(false);
		} finally {
			server.close();
		}
	});

	it("shows percentiles and flamegraph whole, side by side, in the first 1400 × 900", async () => {
		const { page } = await open(sampleFlame());
		const table = await page.locator(".percentile-table").boundingBox();
		const graph = await page.locator(".flame-stage").boundingBox();
		if (table === null || graph === null) throw new Error("table or graph is not drawn");
		expect(table.x).toBeGreaterThanOrEqual(0);
		expect(table.x + table.width).toBeLessThan(graph.x);
		expect(graph.x + graph.width).toBeLessThanOrEqual(1400);
		expect(table.y + table.height).toBeLessThanOrEqual(900);
		expect(graph.y + graph.height).toBeLessThanOrEqual(900);
		expect(graph.height).toBeGreaterThan(250);
		expect(await page.locator(".flame-stage").evaluate((stage) => stage.scrollHeight - stage.clientHeight)).toBe(0);
	});

	it("keeps table and a deep graph in the first view, with findings to spare", async () => {
		const { run } = sampleFlame();
		const [finding] = run.findings;
		if (finding === undefined) throw new Error("the sample has no finding");
		const { page } = await open({
			run: { ...run, findings: Array.from({ length: 12 }, () => finding) },
			trees: new Map([["v8", hugeTree(3000)]]),
		});
		for (const part of [".percentile-table", ".flame-stage"]) {
			const box = await page.locator(part).boundingBox();
			expect((box?.y ?? 0) + (box?.height ?? 1e6)).toBeLessThanOrEqual(900);
		}
	});

	it("zooms to the frame that is clicked, and back", async () => {
		const { page } = await open(sampleFlame());
		const whole = await widthOf(page, "all CPU time");
		const before = await widthOf(page, "getMetricsAsString");
		expect(before / whole).toBeCloseTo(0.4, 1);
		await frameNamed(page, "getMetricsAsString").click();
		expect(await widthOf(page, "getMetricsAsString")).toBeCloseTo(whole, 0);
		expect(await widthOf(page, "metricsRoute")).toBeCloseTo(whole, 0);
		expect(await page.locator(".frame", { hasText: "onSendEnd" }).count()).toBe(0);
		await page.getByRole("button", { name: "Reset zoom" }).click();
		expect(await widthOf(page, "getMetricsAsString")).toBeCloseTo(before, 0);
	});

	it("highlights what a search finds, with the share of it all, drawn or not", async () => {
		const { page } = await open(sampleFlame());
		await page.keyboard.press("/");
		await page.keyboard.type("GETMETRICSASSTRING");
		expect(await page.locator(".frame.match").count()).toBe(1);
		const graph = await widthOf(page, "all CPU time");
		const share = ((await widthOf(page, "getMetricsAsString")) / graph) * 100;
		const said = Number(
			/total .*\((\d+\.\d)\u00a0%\), self/.exec((await page.locator(".search-result").textContent()) ?? "")?.[1],
		);
		expect(said).toBeCloseTo(share, 0);
		await page.keyboard.press("Escape");
		expect(await page.locator(".frame.match").count()).toBe(0);
		await page.getByRole("searchbox").fill("no such function");
		expect(await page.locator(".search-result").textContent()).toContain("no match");
	});

	it("is walked with the arrow keys; Enter zooms and Escape resets", async () => {
		const { page } = await open(sampleFlame());
		await page.locator(".flame-stage").focus();
		const details = page.locator(".details");
		for (const _ of "two") await page.keyboard.press("ArrowDown");
		expect(await details.textContent()).toContain("onStreamRead");
		await page.keyboard.press("ArrowRight");
		expect(await details.textContent()).toContain("resOnFinish");
		await page.keyboard.press("ArrowLeft");
		await page.keyboard.press("ArrowUp");
		expect(await details.textContent()).toContain("processTicksAndRejections");
		expect(await details.textContent()).toMatch(/total 1\d\d\u00a0µs \(8\d\.\d\u00a0%\) per request/);
		const whole = await widthOf(page, "all CPU time");
		await page.keyboard.press("Enter");
		expect(await widthOf(page, "processTicksAndRejections")).toBeCloseTo(whole, 0);
		await page.keyboard.press("Escape");
		expect(await widthOf(page, "processTicksAndRejections")).toBeLessThan(whole * 0.95);
	});

	it("orders the functions by self or total time, and shows the one that is clicked", async () => {
		const { page } = await open(sampleFlame());
		const firstName = () => page.locator(".functions-table tbody .function-name").first().textContent();
		expect(await firstName()).toBe("getMetricsAsString");
		await page.getByRole("button", { name: "Total time" }).click();
		expect(await firstName()).toBe("processTicksAndRejections");
		await page.getByRole("button", { name: "Self time" }).click();
		await page.locator(".function-name", { hasText: "correlationId" }).click();
		expect(await page.locator(".frame.match").allTextContents()).toEqual([expect.stringContaining("correl")]);
	});

	it("changes the profiler and the colours, and marks what was put back", async () => {
		const { page } = await open(sampleFlame());
		expect(await page.locator(".frame.put-back").count()).toBe(1);
		await page.getByRole("tab", { name: "0x" }).click();
		expect(await page.getByRole("tab", { name: "0x" }).getAttribute("aria-selected")).toBe("true");
		expect(await page.locator(".details").textContent()).toMatch(/shared out by [34],\d\d\d busy ticks/);
		expect(await page.locator(".legend").textContent()).not.toContain("prom-client");
		await page.getByRole("button", { name: "Package", exact: true }).click();
		expect(await page.locator(".legend").textContent()).toContain("prom-client");
		const shares = (await page.locator(".legend .chip b").allTextContents()).map((text) => Number.parseFloat(text));
		expect(shares.reduce((sum, each) => sum + each, 0)).toBeCloseTo(100, 0);
	});

	it("keeps hostile names text", async () => {
		const { page, offences } = await open(sampleFlame());
		await page.getByRole("button", { name: /^Show \d+ more$/ }).click();
		const names = await page.locator(".function-name bdi").allTextContents();
		for (const name of Object.values(nastyNames)) expect(names).toContain(name);
		expect(await page.locator("img").count()).toBe(0);
		expect(await page.locator("script").count()).toBe(2);
		expect(await page.locator(".facts").textContent()).toContain(nastyNames.script);
		expect(offences).toEqual([]);
	});

	it("links only below its own folder", async () => {
		const { run, trees } = sampleFlame();
		const [first, ...others] = run.profiles;
		if (first === undefined) throw new Error("the sample has no profile");
		const files = [
			{ title: "bad", path: "../../etc/passwd" },
			{ title: "worse", path: "javascript:alert(1)" },
		];
		const { page } = await open({ run: { ...run, profiles: [{ ...first, files }, ...others] }, trees });
		const links = await page.locator(".files a").evaluateAll((all) => all.map((each) => each.getAttribute("href")));
		expect(links).toEqual(
			expect.arrayContaining(["./etc/passwd", "./javascript%3Aalert(1)", "./0x/ticks%20%231.json"]),
		);
		expect(links.every((link) => link?.startsWith("./"))).toBe(true);
	});

	it.each(["light", "dark"] as const)("can be read in %s, dimmed frames too", async (colorScheme) => {
		const { page } = await open(sampleFlame(), { colorScheme });
		expect(await lowestContrast(page)).toBeGreaterThan(4.5);
		await page.getByRole("searchbox").fill("prom-client");
		expect(await lowestContrast(page)).toBeGreaterThan(4.5);
		await page.getByRole("searchbox").fill("");
		await frameNamed(page, "getMetricsAsString").click();
		expect(await lowestContrast(page)).toBeGreaterThan(4.5);
	});

	it("follows the system's theme until the reader chooses, and prints light", async () => {
		const { page } = await open(sampleFlame(), { colorScheme: "dark" });
		const background = () => page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
		const dark = await background();
		await page.getByRole("button", { name: /light and dark/ }).click();
		const light = await background();
		expect(brightness(dark)).toBeLessThan(60);
		expect(brightness(light)).toBeGreaterThan(200);
		await page.getByRole("button", { name: /light and dark/ }).click();
		expect(await background()).toBe(dark);
		await page.emulateMedia({ media: "print", colorScheme: "dark" });
		expect(brightness(await background())).toBeGreaterThan(200);
	});

	it.each([1400, 1000, 899, 480])("has nothing to scroll sideways at %i px", async (width) => {
		for (const report of [sampleFlame(), sampleLoad()]) {
			const { page } = await open(report, { width });
			expect(await horizontalOverflow(page)).toBe(0);
			const panels = await page
				.locator(".panel, .chart, .evidence section, .percentile-table td")
				.evaluateAll((all) => all.map((each) => each.scrollWidth - each.clientWidth));
			// A phone may scroll a table inside its panel.
			if (width > 480) expect(Math.max(...panels)).toBeLessThanOrEqual(0);
		}
	});

	it("stacks under 900 px", async () => {
		const { page } = await open(sampleFlame(), { width: 899 });
		const table = await page.locator(".percentiles").boundingBox();
		const graph = await page.locator(".flame").boundingBox();
		expect(graph?.y ?? 0).toBeGreaterThanOrEqual((table?.y ?? 0) + (table?.height ?? 1e6));
	});

	it("prints without controls, side by side, the whole graph", async () => {
		const { page } = await open(sampleFlame(), { width: 1040, height: 720, media: "print" });
		expect(await page.getByRole("searchbox").isVisible()).toBe(false);
		expect(await page.locator(".theme").isVisible()).toBe(false);
		const stage = page.locator(".flame-stage");
		expect(await stage.evaluate((each) => each.scrollHeight - each.clientHeight)).toBe(0);
		expect(await horizontalOverflow(page)).toBe(0);
	});

	it("shows shares where CPU per request is not known, and an empty tree as such", async () => {
		const { run, trees } = sampleFlame();
		const measurements = run.measurements.map((each) => ({ ...each, cpu: null }));
		const shares = await open({ run: { ...run, measurements }, trees });
		expect(await shares.page.locator(".details").textContent()).toContain("shares of the profiler’s busy ticks");
		expect(await shares.page.locator(".functions-table thead").textContent()).not.toContain("µs");
		await shares.page.getByRole("button", { name: "Total time" }).click();
		expect(await shares.page.locator(".function-name").first().textContent()).toBe("processTicksAndRejections");
		const empty = await open({ run, trees: new Map([["v8", new CallTreeBuilder().build()]]) });
		expect(await empty.page.locator(".frame").count()).toBe(0);
		expect(await empty.page.locator("main").textContent()).not.toMatch(/NaN|undefined|Infinity/);
		expect([...shares.offences, ...empty.offences]).toEqual([]);
	});

	it("says at the top that a run is partial, or that nothing was measured", async () => {
		const partial = await open(samplePartial());
		expect(await partial.page.getByRole("alert").textContent()).toContain(
			"interrupted by SIGINT while 0x was collecting",
		);
		const nothing = await open(sampleNothing());
		expect(await nothing.page.locator("h1").textContent()).toMatch(
			/^Nothing could be measured: .* before it listened\.$/,
		);
	});

	describe("of a run that goes on", () => {
		const goingOn = (dueInMs: number): SampleReport => {
			const { run, trees } = sampleFlame();
			const nextAtMs = Date.now() + dueInMs;
			return {
				run: { ...run, state: { kind: "partial", reason: "it did not finish" } },
				trees,
				preliminary: { afterMs: 9_400, nextAtMs, untilMs: nextAtMs + 60_000 },
			};
		};

		it("says so, and is drawn from its file again when there should be more", async () => {
			const { page, offences } = await open(goingOn(30_000), { stoppedClock: true });
			const status = page.getByRole("status");
			expect(await status.textContent()).toBe(
				"Preliminary, after 9.4 s. The run goes on; this page shows more when there is more.",
			);
			expect(await page.getByRole("alert").count()).toBe(0);
			// The run has come to its end meanwhile.
			const ended = await open(sampleFlame());
			expect(await ended.page.getByRole("status").count()).toBe(0);
			await page.clock.fastForward(25_000);
			expect(await status.count()).toBe(1);
			await page.clock.fastForward(6_000);
			await expect.poll(() => status.count()).toBe(0);
			expect(await page.locator(".frame").count()).toBeGreaterThan(5);
			expect(offences).toEqual([]);
		});

		it("looks again where what was due is late, and asks whoever is at work with it", async () => {
			const { page } = await open(goingOn(30_000), { stoppedClock: true });
			await page.clock.fastForward(31_000);
			await page.waitForSelector("h1");
			const status = page.getByRole("status");
			expect(await status.textContent()).toContain("The run goes on");
			await frameNamed(page, "getMetricsAsString").click();
			const zoomed = await widthOf(page, "getMetricsAsString");
			await open(sampleFlame());
			await page.clock.fastForward(11_000);
			expect(await status.textContent()).toContain("There may be more by now.");
			expect(await widthOf(page, "getMetricsAsString")).toBe(zoomed);
			await page.getByRole("button", { name: "Show it" }).click();
			await expect.poll(() => status.count()).toBe(0);
		});

		it("waits no longer for a run that was killed", async () => {
			const { page } = await open(goingOn(-61_000), { stoppedClock: true });
			const status = page.getByRole("status");
			expect(await status.textContent()).toBe("Preliminary, after 9.4 s. The run has not come to its end.");
			await page.clock.fastForward(600_000);
			expect(await status.textContent()).toContain("has not come to its end");
		});
	});

	it("draws a load run as one table with its charts", async () => {
		const { page } = await open(sampleLoad());
		expect(await page.locator(".load-table tbody tr").count()).toBe(6);
		expect(await page.locator(".load-table thead th").allTextContents()).toEqual([
			"Clients",
			"Endpoint",
			"Requests",
			"Errors",
			"Requests/s",
			"p50ms",
			"p95ms",
			"p99ms",
			"p99.9ms",
			"maxms",
			"CPUµs/request",
		]);
		expect(await page.locator(".chart path.line").count()).toBe(18);
	});

	it("draws only what can be seen of 20,000 nodes, and finds all of them", async () => {
		const { run } = sampleFlame();
		const { page, offences } = await open({ run, trees: new Map([["v8", hugeTree(20_000)]]) });
		const drawn = await page.locator(".frame").count();
		expect(drawn).toBeGreaterThan(500);
		expect(drawn).toBeLessThan(8_000);
		await page.getByRole("searchbox").fill("fn");
		expect(await page.locator(".search-result").textContent()).toMatch(/^19,999 functions .*\(100\.0\u00a0%\)/);
		await frameNamed(page, "fn2").click();
		expect(offences).toEqual([]);
	});
});
