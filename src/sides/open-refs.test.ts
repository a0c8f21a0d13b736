import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { codes, outputs, SampleRepository, sampleFolder } from "../../test/fixtures/sample-repository.js";

const two = (): SampleRepository => {
	const repository = new SampleRepository();
	repository.commit({ "server.js": "console.log('two')\n" });
	return repository;
};

describe("two refs", () => {
	it("run the code of their commits, in worktrees that closing removes", async () => {
		const repository = two();
		const opened = await repository.open();
		expect(outputs(opened)).toEqual(["one", "two"]);
		expect(codes(opened)).toEqual([]);
		const [base, head] = opened.sides.map(({ side }) => side);
		expect(base).toMatchObject({ name: "base", dirty: false, commit: repository.git("rev-parse", "HEAD~1") });
		expect(base?.label).toMatch(/^HEAD~1 \([0-9a-f]{7}\)$/);
		expect(head).toMatchObject({ name: "head", envNames: [], commit: repository.git("rev-parse", "HEAD") });
		expect(repository.worktrees()).toHaveLength(2);
		await opened.close();
		await opened.close();
		expect(repository.worktrees()).toEqual([]);
		expect(existsSync(base?.cwd ?? "")).toBe(false);
	});

	it("are not subject to the repository's hooks, nor to the variables of a hook that runs us", async () => {
		const repository = two();
		for (const name of ["post-checkout", "post-index-change"]) {
			const hook = join(repository.root, ".git", "hooks", name);
			writeFileSync(hook, "#!/bin/sh\necho hook > hooked\n", { mode: 0o755 });
		}
		process.env.GIT_INDEX_FILE = join(repository.root, ".git", "index");
		try {
			const opened = await repository.open({ base: "HEAD", head: "HEAD~1" });
			expect(existsSync(join(opened.sides[0].side.cwd, "hooked"))).toBe(false);
		} finally {
			delete process.env.GIT_INDEX_FILE;
		}
		expect(repository.git("-c", "core.hooksPath=/dev/null", "status", "--porcelain")).toBe("");
	});

	it("may be named by branch, tag and commit", async () => {
		const repository = two();
		repository.git("tag", "-a", "v1", "--message=v1", "HEAD~1");
		repository.git("branch", "feature/x");
		const opened = await repository.open({ base: "v1", head: "feature/x" });
		expect(outputs(opened)).toEqual(["one", "two"]);
		const id = repository.git("rev-parse", "--short=10", "HEAD");
		expect((await repository.open({ head: id })).sides[1].side.label).toBe(id.slice(0, 7));
	});

	it("may be named by what their message says", async () => {
		const repository = two();
		repository.git("commit", "--quiet", "--amend", "--message=the second one");
		const opened = await repository.open({ base: "HEAD~1", head: ":/second" });
		expect(outputs(opened)).toEqual(["one", "two"]);
		await opened.close();
	});

	it("are not in a bare repository, which is said", async () => {
		const repository = two();
		repository.git("config", "core.bare", "true");
		await expect(repository.open({ base: "main" })).rejects.toThrow(
			/has no working tree: it is a bare repository, or the inside of \.git; run compare in a clone of it/,
		);
	});

	it("that are the same commit are said to be", async () => {
		expect(codes(await two().open({ base: "main" }))).toEqual(["SAME_COMMIT"]);
	});

	it("that do not exist are named, with what is spelled alike", async () => {
		const repository = two();
		repository.git("branch", "release-2");
		await expect(repository.open({ base: "relaese-2" })).rejects.toMatchObject({
			code: "GIT",
			message:
				'there is no commit "relaese-2" in this repository: there is "release-2"; give --base a branch, a tag or a commit',
		});
		await expect(repository.open({ head: "deadbeef12" })).rejects.toThrow(/"deadbeef12".*; give --head/);
		await expect(repository.open({ base: "--help" })).rejects.toThrow(/no commit "--help"/);
		await expect(repository.open({ base: "" })).rejects.toThrow(/no commit ""/);
		await expect(repository.open({ base: "." })).rejects.toMatchObject({ code: "USAGE" });
		expect(repository.worktrees()).toEqual([]);
	});

	it("need a repository, and git", async () => {
		const repository = two();
		const folder = sampleFolder();
		await expect(repository.open({ cwd: folder })).rejects.toThrow(`${folder} is not in a git repository; run compare`);
		const path = process.env.PATH;
		process.env.PATH = folder;
		try {
			await expect(repository.open()).rejects.toThrow(/^cannot run git: no such command; install it/);
		} finally {
			process.env.PATH = path;
		}
	});
});

describe("the working tree", () => {
	it("is head in place, with what is not committed", async () => {
		const repository = two();
		writeFileSync(join(repository.root, "server.js"), "console.log('three')\n");
		for (const head of [null, "."]) {
			const opened = await repository.open({ base: "HEAD", head });
			expect(outputs(opened)).toEqual(["two", "three"]);
			expect(codes(opened)).toEqual([]);
			expect(opened.sides[1].side).toMatchObject({ label: "working tree", dirty: true, cwd: repository.root });
		}
	});

	it("is said not to be measured where head is a ref and something is not committed", async () => {
		const repository = two();
		writeFileSync(join(repository.root, "server.js"), "console.log('three')\n");
		const opened = await repository.open();
		expect(codes(opened)).toEqual(["DIRTY_TREE"]);
		expect(opened.notes[0]?.figures).toEqual({ head: "HEAD" });
	});

	it("without changes is the same as its commit", async () => {
		const opened = await two().open({ base: "HEAD", head: null });
		expect(codes(opened)).toEqual(["SAME_COMMIT"]);
		expect(opened.sides[1].side.dirty).toBe(false);
	});
});

describe("the folder of the command", () => {
	it("is the same in both sides", async () => {
		const repository = new SampleRepository({ "apps/api/server.js": "console.log(process.cwd())\n" });
		repository.commit({ other: "1" });
		const opened = await repository.open({ cwd: join(repository.root, "apps/api") });
		expect(outputs(opened)).toEqual(opened.sides.map(({ side }) => realpathSync(side.cwd)));
		expect(opened.sides[0].side.cwd).toMatch(/base\/apps\/api$/);
	});

	it("has to be in both commits", async () => {
		const repository = two();
		repository.commit({ "apps/new/server.js": "" });
		await expect(repository.open({ cwd: join(repository.root, "apps/new") })).rejects.toThrow(
			/^HEAD~1 has no folder apps\/new/,
		);
	});
});

describe("a command", () => {
	it("that names a file of the working tree by its absolute path is refused", async () => {
		const repository = two();
		const server = join(repository.root, "server.js");
		await expect(repository.open({ argv: ["node", server] })).rejects.toThrow(/both sides would run it/);
		expect(repository.worktrees()).toEqual([]);
	});

	it("that names a file git does not have is refused", async () => {
		const repository = two();
		mkdirSync(join(repository.root, "node_modules"));
		writeFileSync(join(repository.root, "node_modules", "built.js"), "");
		writeFileSync(join(repository.root, ".env"), "");
		await expect(repository.open({ argv: ["node", "--env-file=.env", "server.js"] })).rejects.toThrow(
			/^HEAD~1 has no \.env: the one here is not in git; give --prepare/,
		);
		const opened = await repository.open({ argv: ["node", "server.js", "node_modules/built.js"] });
		expect(codes(opened)).toEqual(["ENV_FILE"]);
		expect(opened.notes[0]?.figures).toEqual({ sides: ["base", "head"] });
		writeFileSync(join(repository.root, "run.sh"), "", { mode: 0o755 });
		await expect(repository.open({ argv: ["./run.sh"] })).rejects.toThrow(/^HEAD~1 has no run\.sh/);
	});

	it("is the start script of each side where none is given", async () => {
		const repository = new SampleRepository({ "package.json": { scripts: { start: "node server.js --a 'b c'" } } });
		repository.commit({ "package.json": { version: "2.0.0", scripts: { start: "PORT=1 node server.js" } } });
		const opened = await repository.open({ argv: null });
		expect(opened.sides.map(({ side }) => side.argv)).toEqual([
			["node", "server.js", "--a", "b c"],
			["npm", "start"],
		]);
		await expect(two().open({ argv: null })).rejects.toThrow(/package.json of HEAD~1 has no start script/);
	});
});

describe("submodules", () => {
	it("are said not to be checked out", async () => {
		const repository = two();
		repository.commit({ ".gitmodules": "" });
		expect(codes(await repository.open())).toEqual(["SUBMODULES"]);
	});
});

describe("worktrees of a process that was killed", () => {
	it("are removed by the next comparison, and those of a living one are not", async () => {
		const repository = two();
		const gone = Number(execFileSync("sh", ["-c", "echo $$"], { encoding: "utf8" }));
		const stale = join(realpathSync(tmpdir()), `az-prof-worktrees-${gone}-abcdef`);
		const living = join(realpathSync(tmpdir()), `az-prof-worktrees-${process.pid}-living`);
		const others = join(sampleFolder(), "others");
		for (const path of [join(stale, "base"), join(living, "base"), others]) {
			repository.git("worktree", "add", "--detach", "--quiet", path, "HEAD");
		}
		repository.git("worktree", "lock", join(stale, "base"));
		const opened = await repository.open();
		await opened.close();
		expect(repository.worktrees().toSorted()).toEqual([join(living, "base"), others].toSorted());
		expect(readdirSync(tmpdir())).not.toContain(`az-prof-worktrees-${gone}-abcdef`);
		execFileSync("rm", ["-r", living]);
	});
});
