import { expect, it } from "vitest";
import { mostAlive } from "./side-by-side.js";

it("as many processes live side by side as memory holds, between 3 and 32", () => {
	expect(mostAlive(null, 64)).toBe(32);
	expect(mostAlive(2 ** 20, 1)).toBe(32);
	expect(mostAlive(2 ** 50, 64)).toBe(3);
});
