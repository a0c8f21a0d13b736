import { describe, expect, test } from "vitest";
import { AppClock, farthest, profile, selfOf, shares, TIMEOUT_MS } from "./support/v8-profiling.js";

const inlinedHook = "test/fixtures/inlined-hook/server.cjs";

describe("functions that V8 inlined into Fastify", () => {
	// Truth: the time each function's loop took by the app's own clock during the very same window.
	const cases = [
		{ variant: "hook", names: ["burnInHook", "shortAnswer"], hidden: "burnInHook" },
		{ variant: "nested", names: ["innerWork", "middleWork", "shortAnswer"], hidden: "innerWork" },
	];
	// V8 decides anew at each start what it inlines, and may leave nothing to put back; so there are several.
	const STARTS = 3;
	for (const { variant, names, hidden } of cases) {
		test(`are charged to themselves within 5 points of the time they took, in ${STARTS} starts (${variant})`, {
			timeout: STARTS * TIMEOUT_MS,
		}, async () => {
			let inlined = 0;
			for (let start = 0; start < STARTS; start++) {
				const clock = new AppClock();
				const { collected, plain } = await profile({
					script: inlinedHook,
					env: { VARIANT: variant },
					windowMs: 6_000,
					beforeWindow: (target) => clock.read(target),
					afterWindow: (target) => clock.read(target),
				});
				const found = shares(collected.tree, names);
				expect(farthest(found, clock.shares(names))).toBeLessThan(0.05);
				const { putBack, ambiguous, busy } = collected.ticks;
				expect(ambiguous).toBeLessThan(0.1 * busy);
				if (selfOf(plain, hidden) >= selfOf(collected.tree, hidden) / 2) continue;
				inlined++;
				expect(putBack).toBeGreaterThan(0.1 * busy);
				expect(collected.findings.map(({ code }) => code)).toContain("INLINED_PUT_BACK");
			}
			expect(inlined, "starts in which V8 had hidden most of the function").toBeGreaterThan(0);
		});
	}
});
