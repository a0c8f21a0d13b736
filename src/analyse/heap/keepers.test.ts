import { describe, expect, it } from "vitest";
import { heapSnapshotText, type SnapshotNode } from "../../../test/support/heap-snapshot.js";
import { parseHeapSnapshot } from "./heap-graph.js";
import { keepersBetween } from "./keepers.js";

const REQUESTS = 10;
const ROOT = 1;
const HANDLER = 7;
const SCOPE = 9;
const CACHE = 11;
const TABLE = 13;
const SHARED = 15;
const SCRIPT = 17;
const LIST = 19;

/** A handler that sees a cache (a Map of entries) and a list; its elements are one table, replaced by a larger one. */
function heap(entries: number, items: number, tableId: number): SnapshotNode[] {
	const entryIds = Array.from({ length: entries }, (_, index) => 1_001 + 2 * index);
	return [
		{
			id: ROOT,
			type: "synthetic",
			name: "",
			edges: [
				["element", 1, 3],
				["shortcut", "global", 5],
			],
		},
		{ id: 3, type: "synthetic", name: "(GC roots)", edges: entryIds.map((id) => ["element", id, id] as const) },
		{ id: 5, type: "object", name: "global", edges: [["property", "handler", HANDLER]] },
		{
			id: HANDLER,
			type: "closure",
			name: "handler",
			line: 12,
			edges: [
				["internal", "context", SCOPE],
				["internal", "shared", SHARED],
			],
		},
		{ id: SHARED, type: "code", name: "handler", edges: [["internal", "script_or_debug_info", SCRIPT]] },
		{ id: SCRIPT, type: "code", name: "file:///srv/app%20one/server.mjs" },
		{
			id: SCOPE,
			type: "object",
			name: "system / Context",
			edges: [
				["context", "cache", CACHE],
				["context", "list", LIST],
			],
		},
		{ id: CACHE, type: "object", name: "Map", edges: [["internal", "table", TABLE]] },
		{
			id: TABLE,
			type: "array",
			name: "",
			bytes: 100,
			edges: entryIds.map((id, index) => ["internal", String(index), id] as const),
		},
		{ id: LIST, type: "object", name: "Array", edges: [["internal", "elements", tableId]] },
		{ id: tableId, type: "array", name: "(object elements)", bytes: 8 * items },
		...entryIds.flatMap((id): SnapshotNode[] => [
			{ id, type: "object", name: "Entry", bytes: 40, edges: [["property", "text", id + 100_000]] },
			{ id: id + 100_000, type: "string", name: "a secret of somebody", bytes: 20 },
		]),
	];
}

const keepers = (before: readonly SnapshotNode[], after: readonly SnapshotNode[]) =>
	keepersBetween(parseHeapSnapshot(heapSnapshotText(before)), parseHeapSnapshot(heapSnapshotText(after)), REQUESTS);

describe("who keeps what came", () => {
	it("is the nearest object that was there, by the way a program gets to it, whatever V8's own roots hold", () => {
		expect(keepers(heap(5, 4, 301), heap(15, 4, 301))).toEqual([
			{
				path: "cache",
				holds: "Map",
				seenBy: { name: "handler", file: "/srv/app one/server.mjs", line: 12 },
				bytesPerRequest: 60,
				objectsPerRequest: 2,
				kinds: [
					{ name: "Entry", place: null, bytesPerRequest: 40, objectsPerRequest: 1 },
					{ name: "strings", place: null, bytesPerRequest: 20, objectsPerRequest: 1 },
				],
			},
		]);
	});

	it("is charged with the growth of a table that a larger one replaced, not with the whole of it", () => {
		const [list, ...others] = keepers(heap(5, 1_000, 301), heap(5, 1_010, 303));
		expect(others).toEqual([]);
		expect(list).toMatchObject({ path: "list", holds: "Array", bytesPerRequest: 8, objectsPerRequest: 0 });
	});

	it("stands first where it keeps most, and below a twentieth is left out", () => {
		const found = keepers(heap(5, 1_000, 301), heap(15, 1_010, 303));
		expect(found.map(({ path, bytesPerRequest }) => [path, bytesPerRequest])).toEqual([
			["cache", 60],
			["list", 8],
		]);
		expect(keepers(heap(5, 1_000, 301), heap(105, 1_010, 303)).map(({ path }) => path)).toEqual(["cache"]);
	});

	it("is nobody where nothing came, nothing was asked, or all is gone", () => {
		expect(keepers(heap(5, 4, 301), heap(5, 4, 301))).toEqual([]);
		expect(keepers(heap(15, 4, 301), heap(5, 4, 301))).toEqual([]);
		const one = parseHeapSnapshot(heapSnapshotText(heap(5, 4, 301)));
		expect(keepersBetween(one, one, 0)).toEqual([]);
	});

	it("never repeats the text of a string", () => {
		expect(JSON.stringify(keepers(heap(5, 4, 301), heap(15, 4, 301)))).not.toContain("secret");
	});
});

it("a variable that is replaced by what holds the old value is named", () => {
	const linked = (length: number): SnapshotNode[] => {
		const ids = Array.from({ length }, (_, index) => 2_001 + 2 * index);
		return [
			{ id: ROOT, type: "synthetic", name: "", edges: [["shortcut", "global", 5]] },
			{ id: 5, type: "object", name: "global", edges: [["property", "handler", HANDLER]] },
			{ id: HANDLER, type: "closure", name: "", edges: [["internal", "context", SCOPE]] },
			{
				id: SCOPE,
				type: "object",
				name: "system / Context",
				edges: [["context", "newest", ids.at(-1) as number]],
			},
			...ids.map((id, index): SnapshotNode => {
				const before = ids[index - 1];
				return {
					id,
					type: "object",
					name: "Item",
					bytes: 30,
					edges: before === undefined ? [] : [["property", "next", before]],
				};
			}),
		];
	};
	expect(keepers(linked(3), linked(13))).toMatchObject([
		{ path: "newest", holds: null, seenBy: { name: "(anonymous)", file: null, line: null }, bytesPerRequest: 30 },
	]);
});

it.each([
	["text that is none", "not json"],
	["an object of another kind", "{}"],
	[
		"edges that are not those of its nodes",
		heapSnapshotText([{ id: 1, type: "synthetic", name: "" }])
			.replace('"edges":[]', '"edges":[0,0,0]')
			.replace('"edge_count":0', '"edge_count":1'),
	],
])("%s is refused", (_, text) => {
	expect(() => parseHeapSnapshot(text)).toThrow();
});
