import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { codes, type Files, outputs, SampleRepository, writeFiles } from "../../test/fixtures/sample-repository.js";

const SERVER = "console.log(require('dep'))\n";
const manifest = (more: object = {}): object => ({ scripts: { start: "x" }, dependencies: { dep: "^1.0.0" }, ...more });
const argv = ["node", "server.cjs"];

const INSTALLED = {
	"node_modules/dep/index.js": "module.exports = 'dep'",
	"node_modules/dep/package.json": { name: "dep", main: "index.js" },
};

/** Its second commit has `changes`; `installed` is what is there besides, unknown to git. */
function sample(changes: Files, installed: Files = INSTALLED): SampleRepository {
	const repository = new SampleRepository({
		"server.cjs": SERVER,
		"package.json": manifest(),
		"package-lock.json": "{}\n",
	});
	repository.commit(changes);
	writeFiles(repository.root, installed);
	return repository;
}

describe("without --prepare", () => {
	it("what is installed is used by both, where they ask for the same packages", async () => {
		const repository = sample({
			"package.json": { version: "2.0.0", ...manifest({ scripts: { start: "y" } }) },
			"package-lock.json": "{}\r\n",
		});
		const opened = await repository.open({ argv });
		expect(outputs(opened)).toEqual(["dep", "dep"]);
		await opened.close();
		expect(outputs(await repository.open({ argv }))).toEqual(["dep", "dep"]);
	});

	it("and from the folders above that of the command", async () => {
		const repository = sample({ "api/server.cjs": SERVER, "api/package.json": manifest() });
		repository.commit({ "api/other": "" });
		const opened = await repository.open({ argv, cwd: join(repository.root, "api") });
		expect(outputs(opened)).toEqual(["dep", "dep"]);
	});

	it("a side that asks for others has to be prepared", async () => {
		const manifests = sample({ "package.json": manifest({ overrides: { dep: "2" } }) });
		await expect(manifests.open({ argv })).rejects.toMatchObject({
			code: "PREPARE_FAILED",
			message: expect.stringMatching(/^package\.json of HEAD~1 differs from the one here.*give --prepare "npm ci"/),
		});
		expect(manifests.worktrees()).toEqual([]);

		const lockfiles = sample({ "package-lock.json": "{ }\n", "pnpm-lock.yaml": "" });
		await expect(lockfiles.open({ argv })).rejects.toThrow(/^package-lock\.json of HEAD~1 differs/);

		const here = sample({});
		writeFileSync(join(here.root, "yarn.lock"), "changed");
		await expect(here.open({ argv })).rejects.toThrow(/^yarn\.lock of HEAD~1 differs from the one here/);
	});

	it("nothing installed is fine where nothing is asked for, and an error where something is", async () => {
		const nothing = { "package.json": { devDependencies: { typescript: "*" } }, "server.cjs": "console.log('none')" };
		const plain = sample(nothing, {});
		plain.commit({ more: "" });
		expect(outputs(await plain.open({ argv }))).toEqual(["none", "none"]);

		const asking = sample({ "pnpm-lock.yaml": "" }, {});
		await expect(asking.open({ base: "HEAD", head: null, argv })).rejects.toThrow(
			/^package\.json of HEAD asks for packages, and there is no node_modules here; give --prepare "npm ci"/,
		);
	});

	it("a node_modules that is in the commit is the side's own", async () => {
		const repository = sample({});
		repository.git("add", "--force", "node_modules");
		repository.commit({});
		repository.commit({ "node_modules/dep/index.js": "module.exports = 'newer'" });
		expect(outputs(await repository.open({ argv }))).toEqual(["dep", "newer"]);
	});
});

describe("workspaces", () => {
	const WORKSPACES = {
		"package.json": { workspaces: ["packages/*"] },
		"server.cjs": "console.log(require('@own/core'), require('plain'))\n",
		"packages/core/package.json": { name: "@own/core", main: "index.js", dependencies: { dep: "1" } },
		"packages/core/index.js": "module.exports = 'core 1 ' + require('dep') + ' ' + require('inner')",
		"packages/plain/package.json": { name: "plain", main: "index.js" },
		"packages/plain/index.js": "module.exports = 'plain 1'",
	};

	it("are each side's own code, though the packages from outside are shared", async () => {
		const repository = sample(WORKSPACES);
		repository.commit({
			"packages/core/index.js": "module.exports = 'core 2 ' + require('dep') + ' ' + require('inner')",
			"packages/plain/index.js": "module.exports = 'plain 2'",
		});
		writeFiles(repository.root, { "packages/core/node_modules/inner/index.js": "module.exports = 'inner'" });
		mkdirSync(join(repository.root, "node_modules", "@own"));
		symlinkSync("../../packages/core", join(repository.root, "node_modules", "@own", "core"));
		symlinkSync("../packages/plain", join(repository.root, "node_modules", "plain"));
		symlinkSync("../nowhere", join(repository.root, "node_modules", "broken"));
		const opened = await repository.open({ argv });
		expect(codes(opened)).toEqual([]);
		expect(outputs(opened)).toEqual(["core 1 dep inner plain 1", "core 2 dep inner plain 2"]);
		await opened.close();
		expect(outputs(await repository.open({ argv, head: null }))[1]).toBe("core 2 dep inner plain 2");
	});
});
