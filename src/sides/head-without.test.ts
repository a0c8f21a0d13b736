import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Difference } from "#src/model/diagnosis.js";
import { SampleRepository, writeFiles } from "../../test/fixtures/sample-repository.js";
import { differencesOfStarts } from "./differences.js";
import { openSides } from "./open-sides.js";
import type { OpenSides } from "./side-request.js";

const LINES = ["one", "two", "three", "four", "five", "six", "seven", "eight"].map((word) => `console.log("${word}");`);
const script = (change: (lines: string[]) => void = () => {}): string => {
	const lines = [...LINES];
	change(lines);
	return `${lines.join("\n")}\n`;
};

/** What head prints without these. */
async function printed(opened: OpenSides, ids: readonly string[]): Promise<string[]> {
	const { side, close } = await opened.headWithout(ids);
	const { argv, cwd, env } = side.spec;
	const text = execFileSync(argv[0] as string, argv.slice(1), {
		cwd,
		env: { ...process.env, ...env },
		encoding: "utf8",
	});
	await close();
	expect(existsSync(cwd)).toBe(false);
	return text.trimEnd().split("\n");
}

const idOf = (differences: readonly Difference[], is: (each: Difference) => boolean): string =>
	differences.find(is)?.id ?? "none";

describe("what two commits differ in", () => {
	const changed = (): SampleRepository => {
		const repository = new SampleRepository({ "server.js": script(), "gone.js": "gone\n", "moved.js": script() });
		repository.git("mv", "moved.js", "elsewhere.js");
		repository.git("rm", "--quiet", "gone.js");
		repository.commit({
			"server.js": script((lines) => {
				lines[1] = 'console.log("TWO");';
				lines[6] = 'console.log("SEVEN");\nrequire("./new.js");';
				lines.splice(2, 1);
			}),
			"new.js": 'console.log("new");\n',
			"elsewhere.js": script((lines) => void lines.push("// more")),
		});
		return repository;
	};

	it("is told by hunk, with the commit that brought it", async () => {
		const opened = await changed().open();
		const { differences, unread } = await opened.differences();
		expect(unread).toEqual([]);
		const told = differences.map((each) => [
			each.kind,
			"file" in each ? each.file : "",
			"baseFile" in each && each.baseFile,
		]);
		expect(told).toEqual([
			["lines", "elsewhere.js", "moved.js"],
			["file", "gone.js", "gone.js"],
			["lines", "new.js", null],
			["lines", "server.js", "server.js"],
			["lines", "server.js", "server.js"],
		]);
		for (const each of differences) {
			expect("commits" in each ? each.commits : []).toMatchObject([
				{ subject: "work", commit: opened.sides[1].side.commit },
			]);
		}
	});

	it("is taken back by itself, and by twos", async () => {
		const opened = await changed().open();
		const { differences } = await opened.differences();
		const [first = "", second = ""] = differences
			.filter((each) => each.kind === "lines" && each.file === "server.js")
			.map(({ id }) => id);
		const words = ["one", "TWO", "four", "five", "six", "SEVEN", "new", "eight"];
		expect(await printed(opened, [])).toEqual(words);
		expect(await printed(opened, [first])).toEqual(["one", "two", "three", ...words.slice(2)]);
		expect(await printed(opened, [second])).toEqual([...words.slice(0, 5), "seven", "eight"]);
		expect(await printed(opened, [first, second])).toEqual([
			"one",
			"two",
			"three",
			"four",
			"five",
			"six",
			"seven",
			"eight",
		]);
	});

	it("takes a new file away, and brings back one that is gone", async () => {
		const opened = await changed().open();
		const { differences } = await opened.differences();
		const files = ["new.js", "gone.js"].map((file) =>
			idOf(differences, (each) => "file" in each && each.file === file),
		);
		const { side, close } = await opened.headWithout(files);
		expect(["new.js", "gone.js"].map((file) => existsSync(join(side.spec.cwd, file)))).toEqual([false, true]);
		await close();
	});

	it("is taken back in the working tree as it is, of which nothing changes", async () => {
		const repository = changed();
		writeFiles(repository.root, {
			"server.js": 'console.log("zero");\nrequire("./own.js");\n',
			"own.js": 'console.log("own");\n',
		});
		const opened = await repository.open({ base: "HEAD", head: null });
		const { differences } = await opened.differences();
		expect(differences).toMatchObject([{ kind: "lines", file: "server.js", commits: [] }]);
		expect(await printed(opened, [])).toEqual(["zero", "own"]);
		expect(await printed(opened, ["1"])).toHaveLength(8);
		expect(readFileSync(join(repository.root, "server.js"), "utf8")).toContain("zero");
		expect(repository.worktrees()).toHaveLength(1);
	});

	it("says who removed lines of which nothing is left", async () => {
		const repository = new SampleRepository({ "server.js": script() });
		repository.commit({ "server.js": script((lines) => void lines.splice(2, 1)) });
		repository.commit({ "other.js": "//\n" });
		const { differences } = await (await repository.open({ base: "HEAD~2" })).differences();
		const removal = differences.find((each) => each.kind === "lines" && each.file === "server.js");
		expect(removal).toMatchObject({ commits: [{ commit: repository.git("rev-parse", "HEAD~1") }] });
	});
});

describe("a package in another version", () => {
	const version = (number: string) => ({
		"package.json": { name: "app", dependencies: { dear: number } },
		"package-lock.json": {
			lockfileVersion: 3,
			packages: { "": {}, "node_modules/dear": { version: number }, "node_modules/same": { version: "1.0.0" } },
		},
		"install.js": `
			const { mkdirSync, writeFileSync } = require("node:fs");
			const { packages } = require("./package-lock.json");
			for (const name of Object.keys(packages).filter(Boolean)) {
				mkdirSync(name, { recursive: true });
				writeFileSync(name + "/index.js", "module.exports = " + JSON.stringify(packages[name].version));
			}`,
		"server.js": 'console.log(require("dear"), require("same"));\n',
	});

	it("is taken back alone, in a node_modules of its own", async () => {
		const repository = new SampleRepository(version("1.0.0"));
		repository.commit(version("2.0.0"));
		const opened = await repository.open({ prepare: "node install.js" });
		const { differences } = await opened.differences();
		const id = idOf(differences, ({ kind }) => kind === "package");
		expect(differences).toContainEqual({
			...{ kind: "package", id, name: "dear", base: "1.0.0", head: "2.0.0", lockfile: "package-lock.json" },
			commits: [expect.objectContaining({ subject: "work" })],
		});
		expect(await printed(opened, [id])).toEqual(["1.0.0 1.0.0"]);
		expect(await printed(opened, [])).toEqual(["2.0.0 1.0.0"]);
	});

	it("cannot be taken back where base has none installed", async () => {
		const repository = new SampleRepository(version("1.0.0"));
		repository.commit(version("2.0.0"));
		const opened = await repository.open({ prepare: "true" });
		const { differences } = await opened.differences();
		const id = idOf(differences, ({ kind }) => kind === "package");
		await expect(opened.headWithout([id])).rejects.toMatchObject({
			code: "PREPARE_FAILED",
			message: /^it cannot be taken back alone: /,
		});
		expect(repository.worktrees()).toHaveLength(0);
	});
});

describe("two starts", () => {
	it("differ in variables of the environment, each of which can be taken back", async () => {
		const request = {
			kind: "environments",
			argv: ["node", "server.js"],
			cwd: "/",
			baseEnv: { A: "1", B: "1", C: "1" },
			headEnv: { A: "2", B: "2", C: "1" },
		} as const;
		const opened = await openSides(request, { signal: new AbortController().signal, say: () => {}, logFolder: "/" });
		expect((await opened.differences()).differences).toEqual([
			{ kind: "variable", id: "1", name: "A" },
			{ kind: "variable", id: "2", name: "B" },
		]);
		const { side } = await opened.headWithout(["2"]);
		expect(side.spec.env).toEqual({ A: "2", B: "1", C: "1" });
	});

	it("differ in words of their commands", async () => {
		const base = ["node", "--a", "-p", "1"];
		const request = { kind: "commands", base, head: ["node", "-p", "1", "--b=2", "--c"], cwd: "/" } as const;
		const { differences } = differencesOfStarts(request);
		expect(differences).toEqual([
			{ kind: "words", id: "1", base: ["--a"], head: [] },
			{ kind: "words", id: "2", base: [], head: ["--b=2", "--c"] },
		]);
		const opened = await openSides(request, { signal: new AbortController().signal, say: () => {}, logFolder: "/" });
		expect((await opened.headWithout(["1"])).side.spec.argv).toEqual(["node", "--a", "-p", "1", "--b=2", "--c"]);
		expect((await opened.headWithout(["2"])).side.spec.argv).toEqual(["node", "-p", "1"]);
	});

	it("of two scripts cannot be taken apart", () => {
		const request = {
			kind: "commands",
			base: ["node", "package.json"],
			head: ["node", "README.md"],
			cwd: process.cwd(),
		} as const;
		expect(differencesOfStarts(request)).toMatchObject({
			differences: [],
			unread: [{ kind: "commands", name: "README.md" }],
		});
	});
});
