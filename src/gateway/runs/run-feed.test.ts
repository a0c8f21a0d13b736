import { afterEach, expect, it } from "vitest";
import { until } from "../../../test/fixtures/running-gateway.js";
import { newRun } from "./run.js";
import { RunFeed } from "./run-feed.js";

const HOURLY = 3_600_000;

let feed: RunFeed;
afterEach(() => feed.close());

it("cuts off a reader who does not read, and no other", async () => {
	feed = new RunFeed(HOURLY);
	const idle = feed.open();
	const busy = feed.open();
	let read = 0;
	busy.on("data", (chunk: Buffer) => (read += chunk.length));
	const cut = new Promise<Error>((resolve) => idle.once("error", resolve));
	const run = newRun();
	let published = 0;
	while (!idle.destroyed && published < 100_000) {
		feed.publish(run);
		published++;
		// Its reader gets its turn.
		if (published % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
	}
	expect((await cut).message).toMatch(/too slow/);
	// An event has about 150 bytes, the limit is half a MiB.
	expect(published).toBeLessThan(6000);
	await until(() => feed.readerCount === 1);
	const before = read;
	feed.publish(run);
	await until(() => read > before);
	expect(busy.destroyed).toBe(false);
	busy.destroy();
	await until(() => feed.readerCount === 0);
});

it("lets a reader who comes back catch up with what it has missed", () => {
	feed = new RunFeed(HOURLY);
	for (let i = 0; i < 5; i++) feed.publish(newRun());
	const ids = (text: string) =>
		[...text.matchAll(/^id: (\d+)\nevent: (\S+)$/gm)].map(([, id, event]) => `${id} ${event}`);
	expect(ids(String(feed.open(3).read()))).toEqual(["4 run.created", "5 run.created", "5 heartbeat"]);
	expect(ids(String(feed.open().read()))).toEqual(["5 heartbeat"]);
});

it("keeps a bounded past", () => {
	feed = new RunFeed(HOURLY);
	for (let i = 0; i < 1000; i++) feed.publish(newRun());
	expect(String(feed.open(0).read()).match(/run\.created/g)).toHaveLength(256);
});
