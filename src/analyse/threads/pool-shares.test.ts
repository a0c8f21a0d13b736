import { expect, it } from "vitest";
import { poolShares } from "./pool-shares.js";

const none = { fs: 0, dns: 0 };

it("is what was traced", () =>
	expect(poolShares({ cpuNs: { crypto: 60, zlib: 20 }, operations: none }, 100)).toEqual([
		{ work: "crypto", share: 0.75 },
		{ work: "zlib", share: 0.25 },
	]));

it("gives what is not traced to operations of one kind, and never says which of two", () => {
	expect(poolShares({ cpuNs: { crypto: 20 }, operations: { fs: 9, dns: 0 } }, 100)).toEqual([
		{ work: "fs", share: 0.8 },
		{ work: "crypto", share: 0.2 },
	]);
	expect(poolShares({ cpuNs: {}, operations: { fs: 9, dns: 2 } }, 100)).toEqual([{ work: "fs and dns", share: 1 }]);
	expect(poolShares({ cpuNs: { "fs.readfile": 40 }, operations: { fs: 9, dns: 0 } }, 100)).toEqual([
		{ work: "fs", share: 1 },
	]);
});

it("knows nothing of a pool that did nothing, and is never more than all of it", () => {
	expect(poolShares({ cpuNs: {}, operations: none }, 0)).toEqual([]);
	expect(poolShares({ cpuNs: { crypto: 120 }, operations: none }, 100)).toEqual([{ work: "crypto", share: 1 }]);
});
