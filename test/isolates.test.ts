import { basename } from "node:path";
import { expect, it } from "vitest";
import { answeringAt, isPrimary } from "#src/target/answering.js";
import { withFixtureTarget } from "./support/fixture-target.js";

it("every process of Node and every worker thread carries an agent, however it was started", () =>
	withFixtureTarget("family.mjs", async (target) => {
		await expect.poll(() => target.agents.now().length, { timeout: 10_000 }).toBe(10);
		const agents = target.agents.now();
		const ofKind = (kind: string) => agents.filter(({ isolate }) => isolate.kind === kind);
		expect(ofKind("process")).toHaveLength(4);
		expect(ofKind("worker thread")).toHaveLength(4);
		expect(ofKind("cluster worker")).toHaveLength(2);
		expect(new Set(agents.map(({ isolate }) => `${isolate.pid}/${isolate.tid}`)).size).toBe(10);
		expect(new Set(agents.map(({ isolate }) => basename(isolate.script)))).toEqual(new Set(["family.mjs"]));
		const port = Number(new URL(target.origin).port);
		await expect.poll(() => answeringAt(port, target.agents.now()).length).toBe(2);
		expect(answeringAt(port, agents).every(({ isolate }) => isolate.kind === "cluster worker")).toBe(true);
		expect(agents.filter((agent) => isPrimary(agent, agents)).map(({ isolate }) => isolate.pid)).toEqual([
			target.startedPid,
		]);
		expect(target.agent?.isolate.kind).toBe("cluster worker");
	}));
