import type { Locator } from "playwright-core";
import { describe, expect, it } from "vitest";
import { CallTreeBuilder } from "#src/analyse/call-tree/call-tree.js";
import type { Finding } from "#src/model/finding.js";
import {
	boxOf,
	frameNamed,
	horizontalOverflow,
	lowestContrast,
	reportPages,
	selectedTab,
	widthOf,
} from "./fixtures/report/report-page.js";
import {
	sampleCalibrate,
	sampleCompare,
	sampleCompareEarly,
	sampleCompareEqual,
	sampleCompareNothing,
	sampleCompareWithoutProfiles,
} from "./fixtures/report/sample-comparison.js";
import { sampleDiagnose, sampleDiagnoseUnproved } from "./fixtures/report/sample-diagnosis.js";
import { hugeTree, nastyNames } from "./fixtures/report/sample-tree.js";

const open = reportPages();

const samples = {
	compare: sampleCompare,
	"compare without profiles": sampleCompareWithoutProfiles,
	"compare equal sides": sampleCompareEqual,
	calibrate: sampleCalibrate,
	"compare with few sets": sampleCompareEarly,
	"compare without a set": sampleCompareNothing,
	diagnose: sampleDiagnose,
	"diagnose without a proof": sampleDiagnoseUnproved,
};

describe("the report of a comparison in a browser", () => {
	it.each(Object.entries(samples))(
		"opens %s from disk without a request, an error or a stray figure",
		async (_, make) => {
			const { page, offences } = await open(make());
			expect(offences).toEqual([]);
			expect(await page.locator("main").textContent()).not.toMatch(/NaN|undefined|Infinity|null/);
		},
	);

	it("shows both sides’ percentiles and the difference whole, side by side, in the first 1400 × 900", async () => {
		const { page } = await open(sampleCompare());
		const table = await boxOf(page.locator(".percentile-table"));
		const graph = await boxOf(page.locator(".flame-stage"));
		expect(table.x).toBeGreaterThanOrEqual(0);
		expect(table.x + table.width).toBeLessThan(graph.x);
		expect(graph.x + graph.width).toBeLessThanOrEqual(1400);
		expect(table.y + table.height).toBeLessThanOrEqual(900);
		expect(graph.y + graph.height).toBeLessThanOrEqual(900);
		expect(graph.height).toBeGreaterThan(250);
	});

	it("keeps table and a deep graph in the first view, with findings to spare", async () => {
		const { run, trees } = sampleCompare();
		const finding: Finding = {
			code: "NOISY_MACHINE",
			severity: "warning",
			about: null,
			figures: { stealShare: 0.3 },
		};
		const { page } = await open({
			run: { ...run, findings: Array.from({ length: 12 }, () => finding) },
			trees: new Map([...trees, ["head v8", hugeTree(3000)]]),
		});
		for (const part of [".percentile-table", ".flame-stage"]) {
			const box = await boxOf(page.locator(part));
			expect(box.y + box.height).toBeLessThanOrEqual(900);
		}
	});

	it("puts the change and its interval beside the two sides, for what is compared only", async () => {
		const { run } = sampleCompare();
		const { page } = await open(sampleCompare());
		const cells = (row: string) => page.locator(`[data-row="${row}"] td`).allTextContents();
		expect(await page.locator(".side-head").allTextContents()).toEqual([
			expect.stringContaining("base"),
			expect.stringContaining("head"),
		]);
		const cpu = run.comparison?.effects.find(({ metric }) => metric === "cpu");
		const [base, head, change] = await cells("CPU/request");
		expect(base).toMatch(/^182/);
		expect(head).toMatch(/^204/);
		expect(change).toBe(
			`+${((cpu?.change ?? 0) * 100).toFixed(1)}\u00a0%[${((cpu?.low ?? 0) * 100).toFixed(1)} … ${((cpu?.high ?? 0) * 100).toFixed(1)}]`,
		);
		expect((await cells("allocated"))[2]).toMatch(/^\+4\.\d\u00a0%\[/);
	});

	it("names totals as totals, apart from what is compared", async () => {
		const { page } = await open(sampleCompare());
		expect(await page.locator(".totals-table thead").textContent()).toContain("Totals of all sets");
		expect(await page.locator('.totals-table [data-total="p95"] td').count()).toBe(4);
		expect(await page.locator('[data-row="p95"]').count()).toBe(0);
	});

	it("draws the difference first, and each side on its own tab", async () => {
		const { page } = await open(sampleCompare());
		expect(await page.getByRole("tab").allTextContents()).toEqual(["Difference", "Base", "Head"]);
		expect(await selectedTab(page)).toBe("Difference");
		expect(await page.locator(".frame.only-base").count()).toBeGreaterThan(0);
		await page.getByRole("tab", { name: "Base" }).click();
		expect(await selectedTab(page)).toBe("Base");
		expect(await page.locator(".details").textContent()).toMatch(/^182\u00a0µs of CPU per request/);
		expect(await page.locator(".frame", { hasText: "redac" }).count()).toBe(0);
		await page.getByRole("button", { name: "Package", exact: true }).click();
		await page.getByRole("tab", { name: "Head" }).click();
		expect(await page.locator(".legend").textContent()).toContain("prom-client");
		expect(await page.locator(".frame", { hasText: "redac" }).count()).toBeGreaterThan(0);
		await page.getByRole("tab", { name: "Difference" }).click();
		expect(await page.locator(".legend").textContent()).toMatch(
			/slower in head.*faster in head.*sampling noise.*only in head/,
		);
	});

	it("colours what is clearly slower red, clearly faster blue, and the rest grey", async () => {
		const { page } = await open(sampleCompare());
		const backOf = async (name: string) => channels(await colourOf(frameNamed(page, name)));
		const [red, , blueOfRed] = await backOf("getMetricsAsString");
		expect(red).toBeGreaterThan((blueOfRed ?? 0) + 60);
		await page.getByRole("searchbox").fill("helmetHeaders");
		const match = page.locator(".frame.match").first();
		expect(await match.getAttribute("class")).toMatch(/faster-\d/);
		const [redOfBlue, , blue] = channels(await colourOf(match));
		expect(blue).toBeGreaterThan((redOfBlue ?? 0) + 60);
		await page.getByRole("searchbox").fill("");
		const grey = await backOf("onSendHook");
		expect(Math.max(...grey) - Math.min(...grey)).toBeLessThan(25);
	});

	it("gives base, head, difference and noise of the frame under the pointer, and marks one-sided ones", async () => {
		const { page } = await open(sampleCompare());
		const details = page.locator(".details");
		await frameNamed(page, "getMetricsAsString").hover();
		expect(await details.textContent()).toMatch(
			/total [\d.]+\u00a0µs → [\d.]+\u00a0µs \(\+[\d.]+\u00a0µs ± [\d.]+\u00a0µs\) · self .* per request/,
		);
		await frameNamed(page, "redac").hover();
		expect(await details.textContent()).toContain("only in head");
		expect(await frameNamed(page, "redac").textContent()).toMatch(/^⊕ redac/);
		await page.getByRole("searchbox").fill("asChindings");
		await page.locator(".frame.match").first().hover();
		expect(await details.textContent()).toContain("only in base");
		expect(await details.textContent()).toContain("pino/lib/tools.js:219");
	});

	it("zooms, searches and is walked with the keyboard", async () => {
		const { page } = await open(sampleCompare());
		const whole = await widthOf(page, "all CPU time");
		await frameNamed(page, "getMetricsAsString").click();
		expect(await widthOf(page, "getMetricsAsString")).toBeCloseTo(whole, 0);
		await page.getByRole("button", { name: "Reset zoom" }).click();
		expect(await widthOf(page, "getMetricsAsString")).toBeLessThan(whole * 0.6);
		await page.keyboard.press("/");
		await page.keyboard.type("redactHeaders");
		expect(await page.locator(".frame.match").count()).toBe(1);
		expect(await page.locator(".search-result").textContent()).toMatch(
			/redactHeaders.*total 0\u00a0ns → 1\d\.\d\u00a0µs/,
		);
		await page.keyboard.press("Escape");
		expect(await page.locator(".frame.match").count()).toBe(0);
		const details = page.locator(".details");
		for (const key of ["Home", "ArrowDown", "ArrowDown", "ArrowDown"]) await page.keyboard.press(key);
		expect(await details.textContent()).toContain("parserOnHeadersComplete");
		await page.keyboard.press("ArrowUp");
		await page.keyboard.press("Enter");
		expect(await widthOf(page, "onStreamRead")).toBeCloseTo(whole, 0);
		await page.keyboard.press("Escape");
		expect(await widthOf(page, "onStreamRead")).toBeLessThan(whole);
	});

	it("lists the functions that cost more for certain, those that allocate more, and last what only moved", async () => {
		const { page } = await open(sampleCompare());
		const panel = page.locator(".changed-functions");
		expect(await panel.locator("h2").allTextContents()).toEqual([
			"Functions that changed",
			"Functions that allocate more or less",
		]);
		const rows = (await panel.locator("tbody tr").allTextContents()).map((row) => row.replaceAll("\u00a0", " "));
		expect(rows).toHaveLength(4);
		expect(rows[0]).toContain("+18.3 µs[15.2 … 21.4]");
		expect(rows[2]).toContain("src/normalize.ts:4, moved");
		expect(rows[3]).toContain("src/routes/items.ts:30, changed");
		expect(rows[3]).toContain("+4.10 KiB[3.81 … 4.39]");
	});

	it("shows from the legend which functions are slower, and from the table where they are", async () => {
		const { page } = await open(sampleCompare());
		await page.locator(".chip", { hasText: "faster in head" }).click();
		expect(await page.locator(".search-result").textContent()).toContain("functions faster in head");
		await page.locator(".function-name", { hasText: "escapeLabelValue" }).click();
		expect(await page.locator(".frame.match").count()).toBe(1);
	});

	it("lists what changed, the largest first, with what is clear of noise", async () => {
		const { page } = await open(sampleCompare());
		const rows = page.locator(".functions-table tbody tr");
		const word = (name: string) => rows.filter({ hasText: name }).first().locator(".clear-column").textContent();
		expect(await page.locator(".function-name").first().textContent()).toBe("redactHeaders");
		expect(await word("redactHeaders")).toBe("new");
		expect(await word("escapeLabelValue")).toBe("slower");
		expect(await word("helmetHeaders")).toBe("faster");
		expect(await word("asChindings")).toBe("gone");
		expect(await word("getMetricsAsString")).toBe("no");
		await page.getByRole("button", { name: "Total time" }).click();
		expect(await page.locator(".function-name").first().textContent()).toMatch(
			/parserOn|onStreamRead|emit|processTicks/,
		);
		const legend = (await page.locator(".chip b").allTextContents()).map(microseconds);
		const whole = microseconds((await page.locator(".frame .frame-share").first().textContent()) ?? "");
		expect(legend.reduce((sum, each) => sum + each, 0)).toBeCloseTo(whole, 0);
	});

	it("draws a row with interval, margin and verdict for every metric, and every round and set", async () => {
		const { run } = sampleCompare();
		const { page } = await open(sampleCompare());
		const rows = page.locator(".forest-table tbody tr");
		expect(await rows.count()).toBe(run.comparison?.effects.length);
		expect(await page.locator('[data-metric="cpu"] .verdict-word').textContent()).toBe("regressed");
		expect(await page.locator('[data-metric="p99.9"]').textContent()).toContain("not judged");
		const dot = await boxOf(page.locator('[data-metric="cpu"] .effect-dot'));
		const band = await boxOf(page.locator('[data-metric="cpu"] .margin-band'));
		expect(dot.x).toBeGreaterThan(band.x + band.width);
		const sets = run.comparison?.sets ?? [];
		expect(await page.locator(".rounds svg[role=img] .set-dot").count()).toBe(sets.length);
		const dots = (await page.locator(".rounds svg[role=img] .round-dots").getAttribute("d")) ?? "";
		expect(dots.split("h0").length - 1).toBe(sets.flatMap((each) => each.roundChanges).length);
		expect(await page.locator(".rounds svg[role=img] .running-line").count()).toBe(1);
	});

	it("keeps hostile names text", async () => {
		const { page, offences } = await open(sampleCompare());
		await page.getByRole("button", { name: /^Show \d+ more$/ }).click();
		const names = await page.locator(".function-name bdi").allTextContents();
		for (const name of Object.values(nastyNames)) expect(names).toContain(name);
		expect(await page.locator("img").count()).toBe(0);
		expect(await page.locator("script").count()).toBe(2);
		expect(await page.locator(".side-head").last().textContent()).toContain(nastyNames.script);
		expect(await page.locator(".facts").textContent()).toContain(nastyNames.image);
		expect(offences).toEqual([]);
	});

	it("says where there is no profile, and puts the evidence in its place", async () => {
		const { page } = await open(sampleCompareWithoutProfiles());
		expect(await page.locator(".no-profile").textContent()).toContain("No profile was taken");
		expect(await page.locator(".flame-stage").count()).toBe(0);
		const table = await boxOf(page.locator(".percentile-table"));
		const [forest, rounds] = [await boxOf(page.locator(".forest")), await boxOf(page.locator(".rounds svg[role=img]"))];
		for (const plot of [forest, rounds]) {
			expect(plot.x).toBeGreaterThan(table.x + table.width);
			expect(plot.y + plot.height).toBeLessThanOrEqual(900);
		}
	});

	it("finds next to nothing between two equal sides", async () => {
		const { page } = await open(sampleCompareEqual());
		expect(await page.locator(".frame.unclear").count()).toBeGreaterThan(
			20 * (await page.locator('.frame[class*="slower-"], .frame[class*="faster-"]').count()),
		);
		expect(await page.locator(".verdict-word").allTextContents()).not.toContain("regressed");
	});

	it("stands zero sets, too few for an interval, an empty tree and CPU that is not known", async () => {
		const nothing = await open(sampleCompareNothing());
		expect(await nothing.page.getByRole("alert").textContent()).toContain("head exited with code 1");
		expect(await nothing.page.locator("main").textContent()).toContain("No round has CPU figures");
		const early = await open(sampleCompareEarly());
		expect(await early.page.locator(".effect-interval").count()).toBe(0);
		expect(await early.page.locator(".caption").first().textContent()).toContain("Too few process sets");
		const { run, trees } = sampleCompare();
		const empty = await open({ run, trees: new Map([...trees, ["base v8", new CallTreeBuilder().build()]]) });
		expect(await empty.page.locator(".frame").count()).toBeGreaterThan(10);
		const effects = run.comparison?.effects.map((each) => ({ ...each, base: null, head: null })) ?? [];
		const blind = await open({
			run: {
				...run,
				measurements: run.measurements.map((each) => ({ ...each, cpu: null })),
				comparison: run.comparison === null ? null : { ...run.comparison, effects },
			},
			trees,
		});
		expect(await blind.page.getByRole("tab").allTextContents()).toEqual(["Base", "Head"]);
		const oneSide = await open({ run, trees: new Map([...trees].filter(([id]) => id === "head v8")) });
		expect(await oneSide.page.getByRole("tab").allTextContents()).toEqual(["Head"]);
		for (const { page, offences } of [nothing, early, empty, blind, oneSide]) {
			expect(await page.locator("main").textContent()).not.toMatch(/NaN|undefined|Infinity/);
			expect(offences).toEqual([]);
		}
	});

	it.each(["light", "dark"] as const)("can be read in %s, dimmed frames too", async (colorScheme) => {
		const { page } = await open(sampleCompare(), { colorScheme });
		expect(await lowestContrast(page)).toBeGreaterThan(4.5);
		await page.getByRole("searchbox").fill("prom-client");
		expect(await lowestContrast(page)).toBeGreaterThan(4.5);
		await page.getByRole("searchbox").fill("");
		await frameNamed(page, "getMetricsAsString").click();
		expect(await lowestContrast(page)).toBeGreaterThan(4.5);
	});

	it.each(["light", "dark"] as const)(
		"has no pale colour in %s: text is legible on every strength",
		async (colorScheme) => {
			const { page } = await open(sampleCompare(), { colorScheme });
			const classes = ["slower", "faster"].flatMap((way) => [1, 2, 3, 4, 5].map((strength) => `${way}-${strength}`));
			await page.locator(".flame-canvas").evaluate((canvas, all) => {
				canvas.replaceChildren(
					...all.map((each) => {
						const box = canvas.ownerDocument.createElement("div");
						box.className = `frame ${each}`;
						const label = canvas.ownerDocument.createElement("span");
						label.className = "frame-name";
						box.append(label);
						return box;
					}),
				);
			}, classes);
			expect(await lowestContrast(page)).toBeGreaterThan(4.5);
			for (const each of classes) {
				const colour = channels(await colourOf(page.locator(`.frame.${each}`)));
				expect(Math.max(...colour) - Math.min(...colour)).toBeGreaterThan(65);
			}
		},
	);

	it.each([1400, 1000, 899, 480])("has nothing to scroll sideways at %i px", async (width) => {
		for (const report of [sampleCompare(), sampleCompareWithoutProfiles()]) {
			const { page } = await open(report, { width });
			expect(await horizontalOverflow(page)).toBe(0);
			const panels = await page
				.locator(".panel, .chart, .evidence section")
				.evaluateAll((all) => all.map((each) => each.scrollWidth - each.clientWidth));
			if (width > 480) expect(Math.max(...panels)).toBeLessThanOrEqual(0);
		}
	});

	it("prints without controls, side by side", async () => {
		const { page } = await open(sampleCompare(), { width: 1040, height: 720, media: "print" });
		expect(await page.getByRole("searchbox").isVisible()).toBe(false);
		const [table, graph] = [await boxOf(page.locator(".percentile-table")), await boxOf(page.locator(".flame-stage"))];
		expect(graph.x).toBeGreaterThan(table.x + table.width);
		expect(await page.locator(".rounds").isVisible()).toBe(true);
		expect(await horizontalOverflow(page)).toBe(0);
	});

	it("draws the difference of two huge trees", async () => {
		const { run } = sampleCompare();
		const tree = hugeTree(20_000);
		const { page, offences } = await open({
			run,
			trees: new Map([
				["base v8", tree],
				["head v8", tree],
			]),
		});
		expect(await page.locator(".frame").count()).toBeLessThan(8_000);
		await frameNamed(page, "fn2").click();
		expect(offences).toEqual([]);
	});
});

const colourOf = (part: Locator): Promise<string> =>
	part.evaluate((each) => {
		const canvas = each.ownerDocument.createElement("canvas").getContext("2d");
		if (canvas === null) return "";
		canvas.fillStyle = each.ownerDocument.defaultView?.getComputedStyle(each).backgroundColor ?? "";
		canvas.fillRect(0, 0, 1, 1);
		return [...canvas.getImageData(0, 0, 1, 1).data].join(",");
	});

const channels = (rgba: string): number[] => rgba.split(",").slice(0, 3).map(Number);

const microseconds = (text: string): number => {
	const [, sign, value, unit] = /([−+]?)([\d.,]+)\u00a0?\s?(ns|µs|ms)/.exec(text) ?? [];
	const size = unit === "ns" ? 1e-3 : unit === "ms" ? 1e3 : 1;
	return (sign === "−" ? -1 : 1) * Number((value ?? "0").replaceAll(",", "")) * size;
};
