import { describe, expect, it } from "vitest";
import { CallTreeBuilder } from "./call-tree.js";
import { describeFrame } from "./frame-kind.js";
import { packageFolderOf, type SideTree, sourceNames } from "./same-source.js";

/** A side with these functions, by file. */
function side(root: string, files: Readonly<Record<string, string>>): SideTree {
	const builder = new CallTreeBuilder();
	for (const [file, names] of Object.entries(files)) {
		for (const name of names.split(" ")) {
			const url = `file://${file.startsWith("/") ? "" : `${root}/`}${file}`;
			builder.addStack([describeFrame({ name, url, line: 1, column: 1 })], 1);
		}
	}
	return { tree: builder.build(), root };
}

/** By function of base and of head, what their sources are called. */
function names(base: Readonly<Record<string, string>>, head: Readonly<Record<string, string>>) {
	const sides = { base: side("/srv/base", base), head: side("/srv/head", head) };
	const found = sourceNames(sides.base, sides.head);
	const of = (which: "base" | "head"): Record<string, string> =>
		Object.fromEntries(sides[which].tree.frames.map(({ name }, index) => [name, found[which][index] ?? ""]));
	return { base: of("base"), head: of("head") };
}

describe("two versions of one package in one process", () => {
	const both = { "node_modules/dep/index.js": "newer", "node_modules/a/node_modules/dep/index.js": "older" };

	it("are two packages, each of which is one on both sides", () => {
		const { base, head } = names(both, both);
		expect(head).toEqual(base);
		expect(base.newer).toBe("./node_modules/dep/index.js");
		expect(base.older).toBe("./node_modules/a/node_modules/dep/index.js");
		expect(packageFolderOf(base.older ?? "")).toBe("./node_modules/a/node_modules/dep");
	});

	it("stay two where one of them is new", () => {
		const { base, head } = names({ "node_modules/dep/index.js": "newer" }, both);
		expect(head.newer).toBe(base.newer);
		expect(head.older).not.toBe(base.newer);
	});

	it("are told apart in pnpm's folders too, of which one changes with the version", () => {
		const at = (version: string) => `node_modules/.pnpm/dep@${version}/node_modules/dep/index.js`;
		const { base, head } = names(
			{ [at("1.0.0")]: "older", [at("2.0.0")]: "newer" },
			{ [at("1.0.1")]: "older", [at("2.0.0")]: "newer" },
		);
		expect(head).toEqual(base);
	});
});

describe("a package at two paths", () => {
	it("is one, below another package or not, and wherever the sides have it installed", () => {
		const nested = names({ "node_modules/a/node_modules/dep/lib/x.js": "f" }, { "node_modules/dep/lib/x.js": "f" });
		expect(nested.head).toEqual(nested.base);
		const shared = names({ "/cache/node_modules/dep/x.js": "f" }, { "node_modules/dep/x.js": "f" });
		expect(shared.head).toEqual(shared.base);
	});

	it("is one under two names, with what is in it on one side only", () => {
		const { base, head } = names(
			{ "node_modules/dep-v1/a.js": "parse read", "node_modules/dep-v1/b.js": "write" },
			{
				"node_modules/dep-v2/a.js": "parse read",
				"node_modules/dep-v2/b.js": "write",
				"node_modules/dep-v2/c.js": "extra",
			},
		);
		expect(head).toMatchObject(base);
		expect(packageFolderOf(head.extra ?? "")).toBe("./node_modules/dep-v1");
	});

	it("is another one with other functions", () => {
		const { base, head } = names(
			{ "node_modules/dep/a.js": "parse read" },
			{ "node_modules/other/b.js": "format write" },
		);
		expect(packageFolderOf(head.format ?? "")).not.toBe(packageFolderOf(base.parse ?? ""));
	});
});

it("tells the folder of a package with a scope, and none of the application", () => {
	expect(packageFolderOf("./node_modules/@fastify/cors/lib/index.js")).toBe("./node_modules/@fastify/cors");
	expect(packageFolderOf("./src/app.js")).toBeNull();
});
