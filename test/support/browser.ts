import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const installedNames = ["chromium", "chromium-browser", "google-chrome"];

// What tests draw comes from disk; the browser itself has no business on the network either.
const flags = [
	"--no-sandbox",
	"--disable-gpu",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
	"--no-first-run",
];

/**
 * Starts a headless Chromium: CHROME_PATH where it is set, else an installed one, else the one that a development
 * dependency brings along, so that a bare machine runs the same tests. The caller closes it.
 */
export async function startBrowser(): Promise<Browser> {
	const installed = process.env.CHROME_PATH ?? installedBrowser();
	if (installed !== null) return chromium.launch({ executablePath: installed, args: flags });
	const { default: packed } = await import("@sparticuz/chromium");
	return chromium.launch({ executablePath: await packed.executablePath(), args: flags });
}

function installedBrowser(): string | null {
	const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
	return (
		folders.flatMap((folder) => installedNames.map((name) => join(folder, name))).find((path) => existsSync(path)) ??
		null
	);
}
