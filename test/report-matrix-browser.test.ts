import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import {
	boxOf,
	brightness,
	frameNamed,
	horizontalOverflow,
	lowestContrast,
	reportPages,
	selectedTab,
} from "./fixtures/report/report-page.js";
import {
	sampleMatrix,
	sampleMatrixBothWays,
	sampleMatrixEarly,
	sampleMatrixFactorial,
	sampleMatrixNothing,
	sampleMatrixQuick,
	sampleMatrixWithoutProfiles,
} from "./fixtures/report/sample-matrix.js";
import { NASTY_LAYER } from "./fixtures/report/sample-stack.js";
import { nastyNames } from "./fixtures/report/sample-tree.js";

const open = reportPages();

const samples = {
	matrix: sampleMatrix,
	"matrix both ways": sampleMatrixBothWays,
	"matrix --quick": sampleMatrixQuick,
	"a factorial matrix": sampleMatrixFactorial,
	"matrix without profiles": sampleMatrixWithoutProfiles,
	"matrix after one set": sampleMatrixEarly,
	"matrix without a set": sampleMatrixNothing,
};

const rowOf = (page: Page, layer: string): Locator => page.locator(`.matrix-table tr[data-layer="${layer}"]`);
const pick = (page: Page, layer: string): Promise<void> => rowOf(page, layer).locator(".layer-name").click();

describe("the report of a matrix in a browser", () => {
	it.each(Object.entries(samples))("opens %s without a request, an error or a stray figure", async (_, make) => {
		const { page, offences } = await open(make());
		expect(offences).toEqual([]);
		expect(await page.locator("main").textContent()).not.toMatch(/NaN|undefined|Infinity|null/);
	});

	it("shows sentence, effects and the way from bare to all whole in the first 1400 × 900", async () => {
		const { page } = await open(sampleMatrix());
		expect(await page.locator("h1").textContent()).toMatch(
			/^Of 9 layers and groups on GET \/metrics, @fastify\/compress/,
		);
		const table = await boxOf(page.locator(".matrix"));
		expect(table.y + table.height).toBeLessThanOrEqual(900);
		const layers = await page.locator(".matrix-table .layer-name").allTextContents();
		expect(layers).toHaveLength(10);
		expect(layers[0]).toBe("@fastify/compress");
		expect(await rowOf(page, "@fastify/compress").textContent()).toMatch(
			/\+21\.3\u00a0µs\[19\.8 … 22\.8\]\+33\.2\u00a0%15\.4\u00a0µs ≠costs≠ \+14\.9\u00a0µs skipped$/,
		);
		expect(await rowOf(page, "slow-auth").textContent()).toContain("found in p50 loaded, p99 loaded, req/s");
	});

	it("stacks the steps from bare to all, the remainder among them", async () => {
		const { page } = await open(sampleMatrix());
		const steps = await page.locator(".matrix-table .step").all();
		const boxes = await Promise.all(steps.map(boxOf));
		const ends = boxes.map(({ x, width }) => [x, x + width] as const);
		const apart = (one: number | undefined, other: number | undefined): number => Math.abs((one ?? 0) - (other ?? 1e6));
		// Narrow steps have a least width, so that they are seen.
		expect(apart(ends[1]?.[1], ends[2]?.[0])).toBeLessThan(2);
		expect(apart(ends.at(-2)?.[1], ends.at(-1)?.[1])).toBeLessThan(2);
		expect(apart(ends[1]?.[0], ends.at(-1)?.[0])).toBeLessThan(2);
		expect(await rowOf(page, "remainder").textContent()).toContain("large");
	});

	it("switches the metric, and keeps the open row", async () => {
		const { page } = await open(sampleMatrix());
		await page.getByRole("button", { name: "p50 loaded", exact: true }).click();
		expect(await page.locator(".matrix-table .layer-name").first().textContent()).toBe("slow-auth");
		expect(await page.locator(".matrix-table tr.open").getAttribute("data-layer")).toBe("@fastify/compress");
		await page.getByRole("button", { name: "requests/s", exact: true }).click();
		const row = rowOf(page, "slow-auth");
		expect(await row.getAttribute("class")).toContain("v-costs");
		const [dot, zero] = [
			await boxOf(row.locator(".effect-dot")),
			await boxOf(row.locator(".forest-drawing .zero-line")),
		];
		expect(dot.x).toBeLessThan(zero.x);
	});

	it("opens percentiles beside the difference of bare and bare with the layer, in one view", async () => {
		const { page } = await open(sampleMatrix());
		await pick(page, "@fastify/helmet");
		expect(await page.locator(".pair h2").first().textContent()).toBe("@fastify/helmet");
		expect(await page.getByRole("tab").allTextContents()).toEqual(["Difference", "Bare", "With the layer"]);
		expect(await selectedTab(page)).toBe("Difference");
		expect(await frameNamed(page, "setHeaders").getAttribute("class")).toContain("only-head");
		expect(await page.locator(".details").textContent()).toMatch(
			/^64\.2\u00a0µs of CPU per request in bare, 72\.4\u00a0µs with the layer: \+8\.20\u00a0µs/,
		);
		expect(await page.locator('[data-row="CPU/request"] .change').textContent()).toBe("+8.20\u00a0µs[6.70 … 9.70]");
		const pair = await boxOf(page.locator(".pair"));
		for (const part of [".percentile-table", ".flame-stage"]) {
			const box = await boxOf(page.locator(part));
			expect(box.y - pair.y + box.height).toBeLessThanOrEqual(900);
		}
	});

	it("draws bare against all where a layer has no profile, and says so", async () => {
		const { page } = await open(sampleMatrix());
		await pick(page, "@fastify/cors");
		expect(await page.locator(".no-profile").textContent()).toContain("No profile of @fastify/cors alone was taken");
		expect(await page.getByRole("tab").allTextContents()).toEqual(["Difference", "Bare", "All layers"]);
		await pick(page, "");
		expect(await page.locator(".no-profile").count()).toBe(0);
		const factorial = await open(sampleMatrixFactorial());
		expect(await factorial.page.locator(".no-profile").textContent()).toContain(
			"No variant has @fastify/compress alone",
		);
		const without = await open(sampleMatrixWithoutProfiles());
		expect(await without.page.locator(".no-profile").textContent()).toContain("No profile was taken");
		expect(await without.page.locator(".flame-stage").count()).toBe(0);
		expect(await without.page.locator(".percentile-table").count()).toBe(1);
	});

	it("says beside a layer what its profile and toggling it said", async () => {
		const { page } = await open(sampleMatrix());
		const notes = page.locator(".pair-note");
		expect(await notes.first().textContent()).toMatch(
			/15\.4\u00a0µs .* They disagree: Measured more than the profile shows/,
		);
		expect(await notes.nth(1).textContent()).toMatch(/hooks skipped .* They disagree by more than their intervals/);
	});

	it("has both ways in one row where they differ, and marks a size that is of skipped hooks only", async () => {
		const { page } = await open(sampleMatrixBothWays());
		expect(await rowOf(page, "@fastify/compress").textContent()).toMatch(
			/\+21\.3\u00a0µs\[19\.8 … 22\.8\].*costs≠ \+14\.9\u00a0µs skipped$/,
		);
		expect(await rowOf(page, "@fastify/rate-limit").locator(".layer-name").textContent()).toBe("@fastify/rate-limit ‡");
		expect(await rowOf(page, "@fastify/helmet").locator(".layer-name").textContent()).toBe("@fastify/helmet");
		expect(await page.locator(".matrix .caption").textContent()).toContain("‡ By skipping its hooks in a warm process");
		const table = await boxOf(page.locator(".matrix"));
		expect(table.y + table.height).toBeLessThanOrEqual(920);
		expect(await page.locator(".pair-note").last().textContent()).toMatch(/hooks skipped .* They disagree/);
		await pick(page, "@fastify/rate-limit");
		expect(await page.locator(".pair-note").last().textContent()).toMatch(/by itself it was not left out/);
		expect(await page.locator(".variants-table tbody tr").count()).toBe(11);
	});

	it("is walked with the keyboard", async () => {
		const { page } = await open(sampleMatrix());
		await page.locator(".layer-name").first().focus();
		await page.keyboard.press("ArrowDown");
		await page.keyboard.press("ArrowDown");
		await page.keyboard.press("Enter");
		expect(await page.locator(".pair h2").first().textContent()).toBe("@fastify/rate-limit");
		await page.keyboard.press("ArrowUp");
		expect(await page.evaluate<string>("document.activeElement.textContent")).toBe("@fastify/helmet");
		await page.keyboard.press("/");
		await page.keyboard.type("rateLimitHook");
		expect(await page.locator(".frame.match").count()).toBeGreaterThan(0);
	});

	it("lists variants with the check of equals, and the layers with why some stay", async () => {
		const { page } = await open(sampleMatrix());
		expect(await page.locator(".variants-table tbody tr").count()).toBe(12);
		expect(await page.locator(".variants").textContent()).toContain(
			"The control is the same as bare and as equal to it as it should be",
		);
		const found = page.locator(".layers-found");
		expect(await found.locator("li").count()).toBe(13);
		expect(await found.textContent()).toContain("the decorator 'cookies' required by 'session' is not present");
	});

	it("keeps hostile names and files text", async () => {
		const { page, offences } = await open(sampleMatrix());
		await page.locator(".layer-name", { hasText: "<img" }).click();
		expect(await page.locator(".pair h2").first().textContent()).toBe(NASTY_LAYER);
		expect(await page.locator(".pair-head").textContent()).toContain(nastyNames.script);
		expect(await page.locator(".layers-found").textContent()).toContain(nastyNames.script);
		expect(await page.locator("img").count()).toBe(0);
		expect(await page.locator("script").count()).toBe(2);
		expect(offences).toEqual([]);
	});

	it("says why a layer has no figure", async () => {
		const { run, trees } = sampleMatrix();
		const { matrix } = run;
		if (matrix === null) throw new Error("the sample has no matrix");
		const failed = {
			...matrix,
			variants: matrix.variants.map((each) =>
				each.name === "@fastify/cors alone"
					? {
							...each,
							figures: null,
							measurementId: null,
							failed: { kind: "unexpected status" as const, status: "429", share: 1 },
						}
					: each,
			),
			effects: matrix.effects.filter(({ factor }) => factor !== "@fastify/cors"),
		};
		const { page, offences } = await open({ run: { ...run, matrix: failed }, trees });
		expect(await rowOf(page, "@fastify/cors").textContent()).toContain(
			"answers 100 % of the requests with 429: it limits the rate",
		);
		await pick(page, "@fastify/cors");
		expect(await page.locator(".no-profile").textContent()).toMatch(
			/^@fastify\/cors alone could not be measured: answers 100.% of the requests with 429.*\. This flamegraph is of bare against all/,
		);
		expect(offences).toEqual([]);
	});

	it("keeps text apart from its ground in the dark theme", async () => {
		const { page } = await open(sampleMatrix(), { colorScheme: "dark" });
		expect(await lowestContrast(page)).toBeGreaterThan(4.5);
		const ground = await page.locator("body").evaluate((each) => {
			const view = each.ownerDocument.defaultView;
			return view?.getComputedStyle(each).backgroundColor ?? "";
		});
		expect(brightness(ground)).toBeLessThan(128);
	});

	it("has nothing to scroll sideways, however wide the window", async () => {
		const { page } = await open(sampleMatrix());
		for (const width of [1400, 1000, 899, 480]) {
			await page.setViewportSize({ width, height: 900 });
			expect(await horizontalOverflow(page)).toBe(0);
			const panels = await page
				.locator(".panel, .chart, .evidence section")
				.evaluateAll((all) => all.map((each) => [each.className, each.scrollWidth - each.clientWidth] as const));
			// A phone may scroll a table inside its panel.
			if (width > 480) expect(panels.filter(([, over]) => over > 0)).toEqual([]);
		}
	});

	it("prints without controls", async () => {
		const { page } = await open(sampleMatrix(), { width: 1040, height: 720, media: "print" });
		expect(await page.locator(".matrix .segmented").isVisible()).toBe(false);
		expect(await page.locator(".matrix-table").isVisible()).toBe(true);
		expect(await page.locator(".back").isVisible()).toBe(false);
		expect(await horizontalOverflow(page)).toBe(0);
	});
});
