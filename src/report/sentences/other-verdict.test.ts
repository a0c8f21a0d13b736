import { describe, expect, it } from "vitest";
import { besideClinic } from "#src/analyse/findings/doctor-agreement.js";
import { doctorVerdicts } from "#src/model/findings/doctor.js";
import { otherVerdictSentence } from "./other-verdict.js";

const issues = { delay: "none", cpu: "none", "memory heapUsed": "performance" };

describe("the sentence on clinic doctor's verdict", () => {
	it("knows that it takes the opening of connections for a trend", () => {
		const sentence = (seen: Record<string, string>): string =>
			otherVerdictSentence(besideClinic({ category: "io", issues: seen }, ["CPU_BOUND"]), ["CPU_BOUND"]);
		expect(sentence({ delay: "none", cpu: "none", handles: "performance" })).toContain("connections");
		expect(sentence(issues)).toContain("below 90 %");
	});

	it("says that it agrees, or gives a reason where it does not", () => {
		for (const category of ["none", "gc", "event-loop", "io", "data", "unknown"]) {
			for (const code of doctorVerdicts) {
				const other = besideClinic({ category, issues }, [code]);
				const says = `clinic doctor says ${category} (it saw memory heapUsed: performance), `;
				const sentence = otherVerdictSentence(other, [code]);
				if (other.agrees) expect(sentence).toBe(`${says}which goes with ours.`);
				else expect(sentence).toContain(`${says}ours says ${code}: `);
			}
		}
		expect(otherVerdictSentence(besideClinic({ category: "data", issues: {} }, ["HEALTHY"]), ["HEALTHY"])).toBe(
			"clinic doctor says data (it saw no issue), ours says HEALTHY: it gives no verdict on a load without a collection that blocks, or with too few samples.",
		);
	});
});
