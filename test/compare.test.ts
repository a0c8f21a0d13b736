import { describe, expect, it } from "vitest";
import { compare, injected, TIMEOUT_MS } from "./support/comparing.js";

describe("a known change", { timeout: TIMEOUT_MS }, () => {
	it("of CPU is a regression, of CPU, exit 1", async () => {
		const { code, run, effect } = await compare([
			"--head-env",
			"INJECT=cpu:60000",
			"--fail-on",
			"cpu=5%,alloc=5%",
			...injected,
		]);
		expect(run().comparison?.verdict).toBe("regressed");
		expect(effect("cpu")).toMatchObject({ verdict: "regressed", judged: true });
		expect(effect("alloc")?.verdict).not.toBe("regressed");
		expect(run().headline).toMatch(/^Regressed: .*CPU/);
		expect(code).toBe(1);
	});

	it("is an improvement the other way round, exit 0", async () => {
		const { code, run } = await compare(["--base-env", "INJECT=cpu:60000", "--fail-on", "cpu=5%", ...injected]);
		expect(run().comparison?.verdict).toBe("improved");
		expect(code).toBe(0);
	});

	it("of what a request allocates is found with its size", async () => {
		const { code, run, effect } = await compare([
			"--head-env",
			"INJECT=alloc:4000",
			"--fail-on",
			"alloc=2%",
			...injected,
		]);
		const alloc = effect("alloc");
		expect(alloc?.verdict).toBe("regressed");
		expect((alloc?.head ?? 0) - (alloc?.base ?? 0)).toBeGreaterThan(3_500);
		expect((alloc?.head ?? 0) - (alloc?.base ?? 0)).toBeLessThan(4_500);
		expect(run().headline).toMatch(/^Regressed: .*alloc/i);
		expect(code).toBe(1);
	});

	it("of waiting is one of latency, not of CPU", async () => {
		const { run, effect } = await compare(["--head-env", "INJECT=await:3", "--fail-on", "p50=20%", ...injected]);
		expect(effect("p50")?.verdict).toBe("regressed");
		expect(run().headline).toMatch(/p50/);
	});

	it("that is none is none, exit 0", async () => {
		const { code, run } = await compare(["--head-env", "INJECT=none", "--fail-on", "alloc=2%", ...injected]);
		expect(run().comparison?.verdict).toBe("no change");
		expect(code).toBe(0);
	});
});

describe("what cannot be told", { timeout: TIMEOUT_MS }, () => {
	const tooShort = ["--head-env", "INJECT=none", "--within", "2s", ...injected];

	it("is said with what would help, exit 3", async () => {
		const { code, run } = await compare(tooShort);
		expect(run().comparison?.verdict).toBe("cannot tell");
		expect(run().headline).toMatch(/^Cannot tell/);
		expect(run().findings.map((finding) => finding.code)).toContain("FEW_SETS");
		expect(code).toBe(3);
	});

	it.each([
		["pass", 0],
		["fail", 1],
	])("is a %s if it is asked for", async (result, expected) => {
		expect((await compare(["--on-inconclusive", result, ...tooShort])).code).toBe(expected);
	});
});
