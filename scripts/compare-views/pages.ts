/** The parts of report pages that are compared: what is embedded, and what a browser shows of it. The bundled script is neither. */
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { startBrowser } from "../../test/support/browser.js";

/** All of a page but style and script: title, what is shown where scripts are off, and the data, which the script draws. */
export const embeddedOf = (html: string): string =>
	html
		.replace(/<style>[\s\S]*?<\/style>/, "")
		.replace(/<script>[\s\S]*?<\/script>/, "")
		// It names script and style by what they hold.
		.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, "");

/** Draws pages in a browser. */
export class PageReader {
	readonly #browser: Browser;

	private constructor(browser: Browser) {
		this.#browser = browser;
	}

	static async start(): Promise<PageReader> {
		return new PageReader(await startBrowser());
	}

	/** The text of a page in the file, under each of its tabs. */
	async textOf(file: string): Promise<string> {
		const context = await this.#browser.newContext({ viewport: { width: 1_400, height: 900 } });
		try {
			const page = await context.newPage();
			await page.goto(pathToFileURL(file).href);
			await page.waitForSelector("h1");
			const tabs = page.locator('[role="tab"]:visible');
			const shown = [await textOfBody(page)];
			for (let tab = 0; tab < (await tabs.count()); tab++) {
				await tabs.nth(tab).click();
				shown.push(`\n== tab ${tab + 1}\n${await textOfBody(page)}`);
			}
			return shown.join("\n");
		} finally {
			await context.close();
		}
	}

	async end(): Promise<void> {
		await this.#browser.close();
	}
}

// biome-ignore lint/performance/useDomNodeTextContent: what layout and style let be seen is what is asked for
const textOfBody = (page: Page): Promise<string> => page.locator("body").innerText();
