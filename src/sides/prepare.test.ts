import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { processesWithEnvironment } from "#src/process/process-table.js";
import { codes, outputs, SampleRepository, sampleFolder } from "../../test/fixtures/sample-repository.js";
import { defaultCacheFolder } from "./prepared-trees.js";

/** Prints what preparing has built; the first commit builds "one", the second "two". */
const SERVER = "console.log(require('./built.cjs'))\n";
const sample = (): SampleRepository => {
	const repository = new SampleRepository({ "server.cjs": SERVER, source: "one", ".gitignore": "built.cjs\n" });
	repository.commit({ source: "two" });
	return repository;
};
const argv = ["node", "server.cjs"];
const BUILD = `echo "module.exports = '$(cat source)'" > built.cjs`;

/** A line that builds, and writes down every time it runs. */
function counted(): { line: string; runs: () => number } {
	const file = join(sampleFolder(), "runs");
	return {
		line: `${BUILD} && echo run >> ${file}`,
		runs: () => (existsSync(file) ? readFileSync(file, "utf8").split("\n").length - 1 : 0),
	};
}

/** Prepared trees in the cache. */
const folders = (path: string): string[] =>
	readdirSync(path).filter((name) => !name.endsWith(".lock") && !name.startsWith("az-prof-worktrees-"));

describe("preparing", () => {
	it("builds each commit once, and keeps it without a tie to the repository", async () => {
		const repository = sample();
		const { line, runs } = counted();
		const first = await repository.open({ argv, prepare: line });
		expect(outputs(first)).toEqual(["one", "two"]);
		expect(runs()).toBe(2);
		expect(repository.worktrees()).toEqual([]);
		expect(existsSync(join(first.sides[0].side.cwd, ".git"))).toBe(false);
		await first.close();
		expect(outputs(first)).toEqual(["one", "two"]);
		expect(readdirSync(repository.cacheFolder)).toHaveLength(2);

		const again = await repository.open({ argv, prepare: line });
		expect(again.sides.map(({ side }) => side.cwd)).toEqual(first.sides.map(({ side }) => side.cwd));
		expect(runs()).toBe(2);
		expect(repository.said.at(-1)).toBe(`head: ${line} (kept from before)`);
	});

	it("is done again for another commit, another lock file and another line", async () => {
		const repository = sample();
		const { line, runs } = counted();
		await repository.open({ argv, prepare: line });
		repository.commit({ "package-lock.json": "{}" });
		await repository.open({ argv, prepare: line });
		expect(runs()).toBe(3);
		await repository.open({ argv, prepare: `${line} ` });
		expect(runs()).toBe(5);
	});

	it("runs in the folder of the command", async () => {
		const repository = new SampleRepository({ "api/server.cjs": SERVER, "api/source": "in api" });
		repository.commit({ "api/source": "in api now" });
		const opened = await repository.open({ argv, prepare: BUILD, cwd: join(repository.root, "api") });
		expect(outputs(opened)).toEqual(["in api", "in api now"]);
	});

	it("takes the working tree as it is, and says so", async () => {
		const repository = sample();
		writeFileSync(join(repository.root, "built.cjs"), "module.exports = 'built by hand'");
		const opened = await repository.open({ argv, prepare: BUILD, head: null });
		expect(outputs(opened)).toEqual(["one", "built by hand"]);
		expect(codes(opened)).toEqual(["NOT_PREPARED"]);
	});

	it("that fails is an error with its last lines, and keeps nothing", async () => {
		const repository = sample();
		const prepare = "echo fine; grep -q one source || { echo broken >&2; exit 3; }";
		await expect(repository.open({ argv, prepare })).rejects.toMatchObject({
			code: "PREPARE_FAILED",
			message: `head could not be prepared: "${prepare}" ended with code 3; see ${repository.logFolder}/prepare-head.log`,
			details: ["fine", "broken"],
		});
		expect(folders(repository.cacheFolder)).toHaveLength(1);
		expect(readdirSync(repository.cacheFolder)).toEqual(folders(repository.cacheFolder));
		expect(repository.worktrees()).toEqual([]);
	});

	it("that makes an .env is not said to lack it", async () => {
		const repository = sample();
		writeFileSync(join(repository.root, ".env"), "");
		expect(codes(await repository.open({ argv, prepare: `${BUILD}; touch .env` }))).toEqual([]);
	});

	it("that does not build what the command names is an error", async () => {
		const repository = sample();
		writeFileSync(join(repository.root, "built.cjs"), "");
		await expect(repository.open({ argv: ["node", "built.cjs"], prepare: "true" })).rejects.toThrow(
			/^HEAD~1 has no built\.cjs/,
		);
	});

	it("ends what it leaves behind, also outside its process group", async () => {
		const repository = sample();
		const mark = `${process.pid}-${Math.random()}`;
		await repository.open({ argv, prepare: `${BUILD}; AZ_SIDES_TEST=${mark} setsid sleep 60 & sleep 0.2` });
		await expect.poll(() => processesWithEnvironment("AZ_SIDES_TEST", mark)).toEqual([]);
	});
});

describe("an abort", () => {
	it("while preparing leaves no worktree, no process and nothing half prepared", async () => {
		const repository = sample();
		const mark = `${process.pid}-${Math.random()}`;
		const started = join(sampleFolder(), "started");
		const abort = new AbortController();
		const prepare = `export AZ_SIDES_TEST=${mark}; touch ${started}; setsid sleep 60 & sleep 60; sleep 60`;
		const opening = repository.open({ argv, prepare }, abort.signal);
		const refused = expect(opening).rejects.toThrow("Ctrl-C");
		await expect.poll(() => existsSync(started), { timeout: 10_000 }).toBe(true);
		expect(repository.worktrees()).toHaveLength(1);
		abort.abort(new Error("Ctrl-C"));
		await refused;
		expect(processesWithEnvironment("AZ_SIDES_TEST", mark)).toEqual([]);
		expect(repository.worktrees()).toEqual([]);
		expect(readdirSync(repository.cacheFolder)).toEqual([]);
	});

	it("while checking out leaves no worktree", async () => {
		const repository = new SampleRepository(
			Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`files/${index}`, `${index}`])),
		);
		repository.commit({ other: "" });
		for (const delayMs of [0, 20, 40, 80]) {
			const abort = new AbortController();
			const opening = repository.open({}, abort.signal);
			const settled = opening.then(({ close }) => close()).catch((error: Error) => error.message);
			await expect.poll(() => repository.said.length).toBeGreaterThan(0);
			setTimeout(() => abort.abort(new Error("Ctrl-C")), delayMs);
			expect([undefined, "Ctrl-C"]).toContain(await settled);
			expect(repository.worktrees()).toEqual([]);
		}
	});
});

describe("what is kept", () => {
	it("is at most ten, without what is in use", async () => {
		const repository = sample();
		mkdirSync(repository.cacheFolder);
		for (let age = 1; age <= 12; age++) {
			const name = `tree-${String(age).padStart(2, "0")}`;
			mkdirSync(join(repository.cacheFolder, name));
			utimesSync(join(repository.cacheFolder, name), Date.now() / 1e3 - age * 60, Date.now() / 1e3 - age * 60);
		}
		writeFileSync(join(repository.cacheFolder, `tree-12.${process.pid}.lock`), "");
		writeFileSync(join(repository.cacheFolder, "tree-11.4194304.lock"), "");
		const opened = await repository.open({ argv, prepare: BUILD });
		const kept = folders(repository.cacheFolder);
		expect(kept.filter((name) => name.startsWith("tree-")).toSorted()).toEqual([
			...["01", "02", "03", "04", "05", "06", "07", "08", "12"].map((age) => `tree-${age}`),
		]);
		expect(kept).toHaveLength(11);
		expect(outputs(opened)).toEqual(["one", "two"]);
		await opened.close();
		expect(readdirSync(repository.cacheFolder).filter((name) => name.endsWith(".lock"))).toEqual([
			`tree-12.${process.pid}.lock`,
		]);
	});

	it("is in the user's cache folder", () => {
		expect(defaultCacheFolder({ XDG_CACHE_HOME: "/cache" })).toBe("/cache/az-prof/prepared");
		expect(defaultCacheFolder({ XDG_CACHE_HOME: "relative" })).toMatch(/^\/.*\.cache\/az-prof\/prepared$/);
	});
});
