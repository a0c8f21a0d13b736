import { expect, it } from "vitest";
import { agentReader, cpuReaderOf } from "#src/measure/cpu-reader.js";
import { fetchAnswer } from "#src/target/answer.js";
import type { AgentConnection } from "#src/target/target.js";
import { rootEndpoint, withFixtureTarget } from "./support/fixture-target.js";

const REQUESTS = 800;

it("CPU time read through the agent is that of /proc: where there is no /proc, figures stay the same", () =>
	withFixtureTarget("ok.cjs", async (target) => {
		const schedstat = cpuReaderOf(target);
		const portable = agentReader(target.agent as AgentConnection);
		expect(schedstat?.source).toBe("schedstat");
		expect(portable.source).toBe("cpuUsage");
		const before = await Promise.all([schedstat?.read(), portable.read()]);
		for (let i = 0; i < REQUESTS; i++) await fetchAnswer(target.origin, rootEndpoint);
		const after = await Promise.all([schedstat?.read(), portable.read()]);
		const [procNs = Number.NaN, agentNs = Number.NaN] = [0, 1].map(
			(index) => (after[index]?.cpuNs ?? Number.NaN) - (before[index]?.cpuNs ?? Number.NaN),
		);
		expect(procNs).toBeGreaterThan(0);
		// The same process at the same time; only the reading itself lies between the two.
		expect(Math.abs(agentNs / procNs - 1)).toBeLessThan(0.1);
	}));
