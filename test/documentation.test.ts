/** README and docs: every command in them is run, every script, file and page that they name is there. */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "#src/process/entry-point.js";
import { documentedPlace, shellCommands } from "./support/documented-commands.js";
import { temporaryFolder } from "./support/run-cli.js";
import { shell } from "./support/shell.js";

const pages = [
	"README.md",
	"CONTRIBUTING.md",
	"middleware-matrix/README.md",
	...readdirSync(join(projectRoot, "docs"))
		.filter((name) => name.endsWith(".md"))
		.map((name) => `docs/${name}`),
];
const textOf = (page: string): string => readFileSync(join(projectRoot, page), "utf8");
const commands = pages.flatMap((page) => shellCommands(page).map((command) => ({ page, command })));
/** Each once, whatever page it is on. */
const ours = [
	...new Map(commands.filter(({ command }) => /\baz-prof\b/.test(command)).map(({ page, command }) => [command, page])),
];

describe("the commands of the documentation", { timeout: 60_000 }, () => {
	const folder = temporaryFolder();
	let place: Awaited<ReturnType<typeof documentedPlace>>;
	let service: ReturnType<typeof spawn>;
	beforeAll(async () => {
		place = await documentedPlace(folder);
		service = spawn(process.execPath, ["server.js"], {
			cwd: folder,
			env: { ...process.env, PORT: String(place.port) },
		});
	});
	afterAll(() => service.kill());

	// One after the other, as a reader would: the last ones look at the runs of those before.
	it.each(ours)("%s (%s)", async (command) => {
		const line = command
			.replace(/^npm ci && /, "")
			.replace("127.0.0.1:3000", `127.0.0.1:${place.port}`)
			.replace("AZ_PROF_TOKEN=…", "AZ_PROF_TOKEN=a-token");
		const { code, stderr } = await shell(`set -o pipefail; ${line}`, { cwd: folder, env: place.env });
		// A verdict is a result: runs as short as these often cannot tell.
		expect([0, 1, 3], stderr).toContain(code);
	});
});

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
