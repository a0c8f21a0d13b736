import { expect, it } from "vitest";
import { mostAlive } from "./processes-in-memory.js";

const GIB = 2 ** 30;

it("as many processes live side by side as memory holds, between 3 and 32", () => {
	expect(mostAlive(null, GIB, 64)).toBe(32);
	expect(mostAlive(2 ** 20, null, 64)).toBe(32);
	expect(mostAlive(2 ** 20, 64 * GIB, 1)).toBe(32);
	expect(mostAlive(100 * 2 ** 20, 4 * GIB, 16)).toBe(Math.floor((0.7 * 4 * 1024) / 148));
	expect(mostAlive(100 * 2 ** 20, 4 * GIB, null)).toBe(mostAlive(100 * 2 ** 20, 4 * GIB, 16));
	expect(mostAlive(GIB, GIB, 64)).toBe(3);
});
