import { expect, it } from "vitest";
import { CallTreeBuilder } from "#src/analyse/call-tree/call-tree.js";
import { describeFrame } from "#src/analyse/call-tree/frame-kind.js";
import type { CallTree, Frame } from "#src/model/call-tree.js";
import { calledLike } from "./called-like.js";

const f = (name: string, url: string): Frame => describeFrame({ name, url, line: 1, column: 1 });
const treeOf = (...stacks: readonly (readonly [ticks: number, ...frames: Frame[]])[]): CallTree => {
	const builder = new CallTreeBuilder();
	for (const [ticks, ...frames] of stacks) builder.addStack(frames, ticks);
	return builder.build();
};

const http = f("parserOnIncoming", "node:_http_server");
const handler = f("list", "/app/server.js");
const serializer = f("serialize", "/app/node_modules/@nestjs/common/serializer/class-serializer.interceptor.js");
const transform = f("instanceToPlain", "/app/node_modules/class-transformer/cjs/index.js");
const validate = f("ValidationPipe.transform", "/app/node_modules/@nestjs/common/pipes/validation.pipe.js");
const author = f("author", "/app/author.js");
const tree = treeOf(
	[5, http, handler],
	[1, http, serializer],
	[30, http, serializer, transform],
	[4, http, validate],
	[2, author],
);

it("a function is called like a layer by its name, its file or its package, and has what it calls", () => {
	expect(calledLike(tree, "serialize")).toEqual({ ticks: 31, functions: ["serialize"] });
	expect(calledLike(tree, "class-transformer")).toEqual({ ticks: 30, functions: ["instanceToPlain"] });
	expect(calledLike(tree, "validate").ticks).toBe(4);
});

it("functions without a name are named only where no other is", () => {
	const unnamed = f("", "/app/node_modules/@nestjs/common/serializer/class-serializer.interceptor.js");
	const both = treeOf([9, http, unnamed, transform], [1, http, serializer]);
	expect(calledLike(both, "serialize")).toEqual({ ticks: 10, functions: ["serialize"] });
	expect(calledLike(treeOf([9, http, unnamed]), "serialize").functions).toEqual(["(anonymous)"]);
});

it("short words have to be the same, and Node's own functions are nobody's", () => {
	expect(calledLike(tree, "auth").ticks).toBe(0);
	expect(calledLike(tree, "parser").ticks).toBe(0);
	expect(calledLike(tree, "audit")).toEqual({ ticks: 0, functions: [] });
	expect(calledLike(tree, "…").ticks).toBe(0);
});
