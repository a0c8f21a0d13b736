/** README and docs: the README's commands are run, every script, file and page that they name is there. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "#src/process/entry-point.js";
import { ourCommands, pages, shellCommands, textOf } from "./support/documented-commands.js";
import { runCommands } from "./support/run-commands.js";

const commands = pages.flatMap((page) => shellCommands(page).map((command) => ({ page, command })));

// Those of the other pages: documented-commands.test.ts.
describe("the commands of README.md", { timeout: 60_000 }, () => runCommands(ourCommands(["README.md"])));

it("name scripts that there are", () => {
	const { scripts } = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> };
	for (const { page, command } of commands) {
		for (const [, name = ""] of command.matchAll(/\bnpm (?:run )?(test\S*|script|check|build|format)\b/g)) {
			expect(Object.keys(scripts), `${page}: ${command}`).toContain(name);
		}
		for (const [file] of command.matchAll(/\bscripts\/[\w./-]+\.\w+/g)) {
			expect(existsSync(join(projectRoot, file)), `${page}: ${command}`).toBe(true);
		}
	}
});

describe.each(pages)("%s", (page) => {
	const text = textOf(page);
	const prose = text.replace(/^```.*?^```/gms, "");

	it("links to pages and pictures that there are", () => {
		for (const [, target = ""] of prose.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
			if (/^https?:/.test(target)) continue;
			expect(existsSync(join(projectRoot, dirname(page), target)), target).toBe(true);
		}
	});

	it("links to headings that there are", () => {
		for (const [, target = "", heading = ""] of prose.matchAll(/\]\(([^)#\s]*)#([^)]+)\)/g)) {
			if (/^https?:/.test(target)) continue;
			const other = target === "" ? text : textOf(join(dirname(page), target));
			const headings = [...other.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) => anchorOf(title));
			expect(headings, `#${heading}`).toContain(heading);
		}
	});

	it("names files that there are", () => {
		for (const [, file = ""] of prose.matchAll(
			/`((?:src\/[\w-]+|middleware-matrix|scripts|test|profiles\/fixtures)\/[\w./-]+\.\w+)`/g,
		)) {
			expect(existsSync(join(projectRoot, file)), file).toBe(true);
		}
	});

	it("has lines of at most 120 characters, but for tables and what scripts write", () => {
		const long = text
			.replace(/<!-- \S+: begin -->.*?<!-- \S+: end -->/gs, "")
			.split("\n")
			.filter((line) => line.length > 120 && !line.startsWith("|"));
		expect(long).toEqual([]);
	});
});

/** As GitHub makes it. */
const anchorOf = (title: string): string =>
	title
		.toLowerCase()
		.replace(/[^\p{L}\p{N} _-]/gu, "")
		.replaceAll(" ", "-");
