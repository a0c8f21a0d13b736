import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";

/** `expect(…).toEqual(…)`, for what is held thousands of times: it costs as much as a whole step of a story, so only a difference gets there. */
export function expectSame(actual: unknown, expected: unknown, where: string): void {
	if (!isDeepStrictEqual(actual, expected)) expect(actual, where).toEqual(expected);
}
