import { expect, it } from "vitest";
import { chosenProvider } from "#src/gateway/providers/index.js";
import { aborted, heldProvider, until } from "../../../test/fixtures/running-gateway.js";
import { type Run, runBody } from "./run.js";
import { RunStore } from "./run-store.js";

const fast = chosenProvider({ kind: "static", tokens: 1 });
const isOver = ({ state }: Run) => "finishedAt" in state;

it("keeps as many runs as it may and drops those first that were finished first", async () => {
	const store = new RunStore(fast, 3, () => {});
	const runs: Run[] = [];
	for (let i = 0; i < 5; i++) {
		const run = store.create("hi");
		runs.push(run);
		await until(() => isOver(run));
	}
	for (const { id } of runs.slice(0, 2)) expect(() => store.get(id)).toThrow(/no such run/);
	for (const run of runs.slice(2)) expect(store.get(run.id)).toBe(run);
});

it("refuses more runs than it may keep while they are all going, and takes them again afterwards", async () => {
	const provider = heldProvider();
	const store = new RunStore(provider, 2, () => {});
	const going = [store.create("a"), store.create("b")];
	expect(() => store.create("c")).toThrow(expect.objectContaining({ statusCode: 503 }));
	provider.release();
	await until(() => going.every(isOver));
	expect(store.create("d").state.status).toBe("created");
});

it("tells of every change, in order", async () => {
	const told: string[] = [];
	const store = new RunStore(fast, 10, (run) => told.push(`${run.id} ${run.state.status}`));
	const { id } = store.create("hi");
	await until(() => told.length === 3);
	expect(told).toEqual([`${id} created`, `${id} running`, `${id} completed`]);
});

it("fails what is going when it is stopped, once, and takes nothing more", async () => {
	const provider = heldProvider();
	const told: string[] = [];
	const store = new RunStore(provider, 10, ({ state }) => told.push(state.status));
	const going = store.create("a");
	await until(() => provider.signals.length === 1);
	const waiting = store.create("b");
	store.stop();
	for (const run of [going, waiting]) {
		expect(runBody(run)).toMatchObject({
			status: "failed",
			error: { type: "agent_unavailable", message: "the gateway is shutting down" },
			provider_ms: expect.any(Number),
		});
	}
	await aborted(provider.signals[0]);
	await new Promise((resolve) => setImmediate(resolve));
	expect(told).toEqual(["created", "running", "created", "failed", "failed"]);
	expect(() => store.create("c")).toThrow(/shutting down/);
});
