import { describe, expect, it } from "vitest";
import { EveryAgent } from "./every-agent.js";
import type { AgentConnection, TargetAgents } from "./target.js";

// What becomes of something that is begun in isolates which come, go, and do not answer.

type Answer = (method: string) => unknown;

interface Simulated extends AgentConnection {
	connected: boolean;
	isStuck: boolean;
	lastWords: Record<string, unknown>;
}

const agent = (answer: Answer): Simulated => {
	const itself = {
		connected: true,
		isStuck: false,
		lastWords: {},
		ports: [],
		call: async (method: string) => {
			if (!itself.connected) throw new Error("gone");
			return answer(method);
		},
	};
	return itself as unknown as Simulated;
};

class Family implements TargetAgents {
	#told: ((agent: AgentConnection) => void)[] = [];
	constructor(readonly members: AgentConnection[]) {}
	now = (): AgentConnection[] => this.members;
	onJoin = (tell: (agent: AgentConnection) => void): (() => void) => {
		this.#told.push(tell);
		return () => {
			this.#told = [];
		};
	};
	join(joined: AgentConnection): void {
		for (const tell of this.#told) tell(joined);
	}
}

const watching = { begin: "begin", end: "end" };

describe("something that every isolate does", () => {
	it("is told by all of them, also by one that came later", async () => {
		const family = new Family([agent(() => 1), agent(() => 2)]);
		const every = new EveryAgent(family, watching);
		await every.begin();
		family.join(agent(() => 3));
		const watched = await every.end();
		expect(watched.map((each) => (each.kind === "told" ? each.value : each.kind))).toEqual([1, 2, 3]);
		family.join(agent(() => 4));
		expect(watched).toHaveLength(3);
	});

	it("is told by the last words of one that ended, and lost with one that had none", async () => {
		const [speaks, silent] = [agent(() => 1), agent(() => 1)];
		const every = new EveryAgent(new Family([speaks, silent, agent(() => 5)]), watching);
		await every.begin();
		speaks.lastWords = { end: 7 };
		for (const each of [speaks, silent]) each.connected = false;
		expect(await every.end()).toMatchObject([
			{ kind: "told", value: 7, ended: true },
			{ kind: "lost" },
			{ kind: "told", value: 5, ended: false },
		]);
	});

	it("does not wait for one whose loop does not turn", async () => {
		const stuck = agent(() => new Promise(() => {}));
		stuck.isStuck = true;
		const every = new EveryAgent(new Family([stuck, agent(() => 1)]), watching);
		await every.begin();
		expect(await every.end()).toMatchObject([{ kind: "silent" }, { kind: "told", value: 1 }]);
	});

	it("says why, where one could not begin", async () => {
		const refusing = agent(() => {
			throw new Error("it may not");
		});
		const every = new EveryAgent(new Family([refusing]), watching);
		await every.begin();
		expect(await every.end()).toMatchObject([{ kind: "silent", why: "it may not" }]);
	});
});
