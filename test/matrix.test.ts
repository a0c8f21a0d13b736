import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fastify, matrix, out, short, switched, TIMEOUT_MS } from "./support/matrix-runs.js";

describe("layers that the user names", { timeout: TIMEOUT_MS }, () => {
	it("are measured on any server; a dear one is named, and what fails without its layer is said and left out", async () => {
		const { code, run, cpuOf } = await matrix([
			"/",
			...short,
			"--layer",
			"heavy=env:HEAVY=0",
			"--layer",
			"free=flag:--no-free",
			"--layer",
			"anchor=env:ANCHOR=0",
			"--skip",
			"anchor",
			"--profile",
			"none",
			"--json",
			...switched,
		]);
		expect(code).toBe(0);
		const { matrix: found, headline } = run();
		expect(found.method).toBe("settings");
		expect(found.sets.length).toBeGreaterThanOrEqual(3);
		expect(cpuOf("heavy")).toMatchObject({ verdict: "costs" });
		expect(cpuOf("heavy")?.share ?? 0).toBeGreaterThan(0.3);
		expect(Math.abs(cpuOf("free")?.share ?? 1)).toBeLessThan(0.3);
		expect(cpuOf("anchor")).toBeUndefined();
		expect(run().stack.layers.find(({ id }) => id === "anchor")?.keptIn?.reason).toBe("not chosen");
		expect(headline).toContain("heavy");
	});

	it("without which the target dies or refuses under load are not measured; the others are", async () => {
		const { code, run } = await matrix([
			"/",
			...short,
			"--layer",
			"heavy=env:HEAVY=0",
			"--layer",
			"anchor=env:ANCHOR=0",
			"--layer",
			"guard=env:GUARD=0",
			"--profile",
			"none",
			"--json",
			...switched,
		]);
		// Without either of them bare cannot be measured at all, and that is what is said.
		expect(code).toBe(2);
		expect(run().state).toMatchObject({
			kind: "partial",
			reason: expect.stringMatching(/without any of its layers the target cannot be measured on GET \//),
		});
		expect(run().matrix).toBeNull();
	});
});

describe("layers of a Fastify application", { timeout: TIMEOUT_MS }, () => {
	it("are found, left out, measured, profiled and shown", async () => {
		const { code, run, cpuOf } = await matrix([
			"/items",
			...short,
			"--absent",
			"--only",
			"heavy,greeting",
			"--profile-duration",
			"600ms",
			"--json",
			"--markdown",
			join(out, "summary.md"),
			...fastify,
		]);
		expect(code).toBe(0);
		const { matrix: found, stack, profiles, folder } = run();
		expect(stack.framework).toMatchObject({ name: "fastify" });
		expect(found.method).toBe("absent");
		expect(cpuOf("heavy")).toMatchObject({ verdict: "costs" });
		const reasonOf = (name: string) => stack.layers.find((layer) => layer.name === name)?.keptIn?.reason;
		expect([reasonOf("heavy"), reasonOf("light"), reasonOf("greeting")]).toEqual([undefined, "not chosen", "needed"]);
		// Flamegraphs give way where the time is over, in this order, and that is said.
		const wanted = ["bare v8", "all v8", "bare heap", "all heap"];
		const taken = profiles.map(({ variant, collector }) => `${variant} ${collector}`);
		expect(taken).toEqual(wanted.slice(0, taken.length));
		const told = run().findings.some(({ code: found }) => found === "PROFILES_LEFT_OUT");
		expect(told).toBe(taken.length < wanted.length);
		const heavy = found.attributions.find(({ factor }) => factor === "heavy");
		if (taken.includes("all v8")) {
			expect(heavy?.profiledNsPerRequest ?? 0).toBeGreaterThan(0.5 * (heavy?.measuredNsPerRequest ?? Infinity));
		}
		expect(readFileSync(join(folder, "report.html"), "utf8")).toContain("heavy");
		expect(readFileSync(join(out, "summary.md"), "utf8")).toContain("heavy");
	});

	it("have their hooks skipped in one warm process for names, and are left out for sizes, with the same answer", async () => {
		const { code, run, cpuOf } = await matrix([
			"/items",
			...short,
			...["--within", "24s"],
			"--only",
			"heavy,light",
			"--profile",
			"none",
			"--json",
			...fastify,
		]);
		expect(code).toBe(0);
		const { matrix: found } = run();
		expect(found).toMatchObject({ method: "both", design: { kind: "factorial", rotation: 4 } });
		expect(new Set(found.sets.map(({ way }) => way))).toEqual(new Set(["toggled", "absent"]));
		expect(found.variants.filter(({ failed }) => failed !== null)).toEqual([]);
		expect(cpuOf("heavy")).toMatchObject({ verdict: "costs", way: "absent" });
		const skipped = found.bothWays?.effects.find(({ factor, metric }) => factor === "heavy" && metric === "cpu");
		expect(skipped?.way).toBe("toggled");
		expect(skipped?.change).toBeGreaterThan(0);
		expect(Math.abs(cpuOf("light")?.share ?? 1)).toBeLessThan(0.3);
	});
});
