import { describe, expect, it } from "vitest";
import { addressBook, executableMappings } from "./addresses.js";

const maps = [
	"00400000-00500000 r--p 00000000 fe:00 1 /opt/my node/bin/node",
	"00b72000-025fe000 r-xp 00772000 fe:00 1 /opt/my node/bin/node",
	"7f0000000000-7f0000200000 r-xp 014c4000 fe:00 1 /opt/my node/bin/node",
	"7f1000000000-7f1000100000 r-xp 00000000 fe:00 2 /usr/lib/libc.so.6",
	"7f2000000000-7f2000100000 rwxp 00000000 00:00 0 ",
	"7f3000000000-7f3000002000 r-xp 00000000 00:00 0 [vdso]",
].join("\n");
// 14c4000 in the file is 18c4000 in the first mapping: 0xb72000 + (0x14c4000 − 0x772000).
const builtins = [
	{ start: 0x18c4100, end: 0x18c4200, name: "LoadIC", interpreter: false },
	{ start: 0x18c4040, end: 0x18c4100, name: "LdaZero", interpreter: true },
];

describe("addressBook", () => {
	const book = addressBook({ builtins, libraries: [] }, executableMappings(maps));

	it("reads the executable mappings, paths with spaces included", () => {
		expect(executableMappings(maps)).toHaveLength(5);
		expect(executableMappings(maps)[0]?.path).toBe("/opt/my node/bin/node");
	});

	it("knows a builtin at its own address and in V8's copy", () => {
		const loadIC = { kind: "builtin", name: "LoadIC", interpreter: false };
		expect(book(0x18c4150)).toEqual(loadIC);
		expect(book(0x7f0000000150)).toEqual(loadIC);
		expect(book(0x7f0000000040)).toEqual({ kind: "builtin", name: "LdaZero", interpreter: true });
		expect(book(0x7f0000000200)).toEqual({ kind: "native", library: "node" });
	});

	it("knows whose native code an address is, and nothing of code that was compiled at run time", () => {
		expect(book(0xb72000)).toEqual({ kind: "native", library: "node" });
		expect(book(0x7f1000000000)).toEqual({ kind: "native", library: "libc.so.6" });
		expect(book(0x7f2000000000)).toBeUndefined();
		expect(book(0x10)).toBeUndefined();
	});

	it("does with the log's libraries where the system tells no mappings", () => {
		const libraries = [
			{ name: "/opt/node", start: 0x400000, end: 0xb71000 },
			{ name: "/opt/node", start: 0x400000, end: 0x2601000 },
		];
		const poor = addressBook({ builtins, libraries }, []);
		expect(poor(0xb72000)).toEqual({ kind: "native", library: "node" });
		expect(poor(0x18c4150)).toMatchObject({ name: "LoadIC" });
		expect(poor(0x7f0000000150)).toBeUndefined();
	});
});
