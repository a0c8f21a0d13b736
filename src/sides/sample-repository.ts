import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach } from "vitest";
import { openSides } from "./open-sides.js";
import type { OpenSides, RefsRequest } from "./side-request.js";

/** For tests: a real git repository that is removed after each test, and comparisons of its refs. */

const IDENTITY = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
	for (const clean of cleanups.splice(0).reverse()) await clean();
});

export function sampleFolder(): string {
	const folder = realpathSync(mkdtempSync(join(tmpdir(), "az-prof-sides-test-")));
	cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

export type Files = Readonly<Record<string, string | object>>;

export function writeFiles(root: string, files: Files): void {
	for (const [name, content] of Object.entries(files)) {
		mkdirSync(dirname(join(root, name)), { recursive: true });
		writeFileSync(join(root, name), typeof content === "string" ? content : JSON.stringify(content));
	}
}

export class SampleRepository {
	readonly root = join(sampleFolder(), "repository");
	readonly logFolder = sampleFolder();
	readonly cacheFolder = join(sampleFolder(), "cache");
	readonly said: string[] = [];

	constructor(files: Files = {}) {
		mkdirSync(this.root);
		this.git("init", "--quiet", "--initial-branch=main");
		this.commit({ ".gitignore": "node_modules\n", "server.js": "console.log('one')\n", ...files });
	}

	git(...args: readonly string[]): string {
		return execFileSync("git", [...IDENTITY, ...args], { cwd: this.root, encoding: "utf8", stdio: "pipe" }).trimEnd();
	}

	/** Writes files and commits everything; returns the commit's id. */
	commit(files: Files): string {
		writeFiles(this.root, files);
		this.git("add", "--all");
		this.git("commit", "--quiet", "--allow-empty", "--message=work");
		return this.git("rev-parse", "HEAD");
	}

	/** Folders of worktrees, without the repository itself. */
	worktrees(): string[] {
		return [...this.git("worktree", "list", "--porcelain").matchAll(/^worktree (.+)$/gm)]
			.map(([, path = ""]) => path)
			.filter((path) => path !== this.root);
	}

	/** Opens HEAD~1 against HEAD, or what is said instead; closed after the test. */
	async open(
		request: Partial<RefsRequest> = {},
		signal: AbortSignal = new AbortController().signal,
	): Promise<OpenSides> {
		const opened = await openSides(
			{
				kind: "refs",
				base: "HEAD~1",
				head: "HEAD",
				argv: ["node", "server.js"],
				prepare: null,
				cwd: this.root,
				...request,
			},
			{
				signal,
				say: (phase) => void this.said.push(phase),
				logFolder: this.logFolder,
				cacheFolder: this.cacheFolder,
			},
		);
		cleanups.push(opened.close);
		return opened;
	}
}

/** What each side prints when its command runs. */
export const outputs = ({ sides }: OpenSides): string[] =>
	sides.map(({ spec: { argv, cwd, env } }) =>
		execFileSync(argv[0] as string, argv.slice(1), {
			cwd,
			env: { ...process.env, ...env },
			encoding: "utf8",
		}).trimEnd(),
	);

export const codes = ({ notes }: OpenSides): string[] => notes.map(({ code }) => code);
