import { describe, expect, it } from "vitest";
import { verdictOf } from "./find-limit.js";

const slo = { quantile: 0.99, maxNs: 10e6 };
const noErrors = { refused: 0, reset: 0, timeout: 0, protocol: 0, other: 0 };
const window = ({ planned = 1_000, attempted = 1_000, ok = 1_000, missed = 0, low = 0.995, high = 1 }) => ({
	counts: { attempted, ok, unexpectedStatus: {}, errors: { ...noErrors, other: attempted - ok } },
	tallies: { planned, missed },
	within: { boundNs: slo.maxNs, share: (low + high) / 2, low, high, samples: ok },
});

describe("a rate", () => {
	it("holds where surely enough answers were within the bound", () => {
		expect(verdictOf(window({}), slo)).toBe("held");
		expect(verdictOf(window({ low: 0.99 }), slo)).toBe("held");
	});

	it("does not where surely too few were", () => {
		expect(verdictOf(window({ low: 0.95, high: 0.989 }), slo)).toBe("not held");
	});

	it("cannot be told where the interval holds the quantile, or there is none", () => {
		expect(verdictOf(window({ low: 0.98, high: 0.995 }), slo)).toBe("cannot tell");
		expect(verdictOf({ ...window({}), within: null }, slo)).toBe("cannot tell");
	});

	it("does not hold, however quick the answers were, where requests were missed, unanswered or failed", () => {
		expect(verdictOf(window({ missed: 1 }), slo)).toBe("not held");
		expect(verdictOf(window({ attempted: 970, ok: 970 }), slo)).toBe("not held");
		expect(verdictOf(window({ ok: 980 }), slo)).toBe("not held");
	});
});
