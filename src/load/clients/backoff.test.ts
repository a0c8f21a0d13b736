import { expect, it } from "vitest";
import { waitAfterFailureMs } from "./backoff.js";

it("waits longer after each refusal, and never longer than a second", () => {
	expect([1, 2, 3, 4, 50].map((times) => waitAfterFailureMs("refused", times))).toEqual([10, 20, 40, 80, 1_000]);
});

it("replaces one closed connection at once and grows patient after that", () => {
	expect([1, 2, 3, 50].map((times) => waitAfterFailureMs("reset", times))).toEqual([0, 10, 20, 1_000]);
	expect([1, 9].map((times) => waitAfterFailureMs("timeout", times))).toEqual([0, 0]);
});
