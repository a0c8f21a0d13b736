import { expect, it } from "vitest";
import { KnownError } from "#src/errors.js";
import { refuseSharedPort, sharedPortOf, TakingTurns } from "./shared-port.js";

/** Processes that listen on one port of their own choice, for a while. */
function onePort() {
	const held = { by: 0, most: 0, attempts: 0 };
	const attempt = (name: string, ms: number) => async (): Promise<string> => {
		held.attempts++;
		await new Promise((resolve) => setTimeout(resolve, 1));
		if (held.by > 0) {
			throw new KnownError({
				code: "TARGET_DIED",
				what: "the target exited with code 1 before it answered",
				details: ['{"msg":"listen EADDRINUSE: address already in use 127.0.0.1:3001"}'],
			});
		}
		held.by++;
		held.most = Math.max(held.most, held.by);
		await new Promise((resolve) => setTimeout(resolve, ms));
		held.by--;
		return name;
	};
	return { held, attempt };
}

it("targets that want one port all answer, one after the other", async () => {
	const { held, attempt } = onePort();
	const turns = new TakingTurns();
	const names = ["a", "b", "c", "d", "e"];
	expect(await Promise.all(names.map((name, index) => turns.run(attempt(name, 10 - index))))).toEqual(names);
	expect(await turns.run(attempt("late", 1))).toBe("late");
	expect(held.most).toBe(1);
});

it("others stay side by side, and fail by what is theirs", async () => {
	const turns = new TakingTurns();
	let alive = 0;
	let most = 0;
	const attempt = (fails: boolean) => async (): Promise<number> => {
		most = Math.max(most, ++alive);
		await new Promise((resolve) => setTimeout(resolve, 5));
		alive--;
		if (fails) throw new KnownError({ code: "TARGET_DIED", what: "the target exited with code 1", details: ["no"] });
		return 1;
	};
	const ended = await Promise.allSettled([false, true, false].map((fails) => turns.run(attempt(fails))));
	expect(ended.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
	expect(most).toBe(3);
});

it("a port that somebody else has is said after one more attempt", async () => {
	const { held, attempt } = onePort();
	held.by = 1;
	await expect(new TakingTurns().run(attempt("a", 1))).rejects.toThrow("the target exited with code 1");
	expect(held.attempts).toBe(2);
});

it.each([
	[["Error: listen EADDRINUSE: address already in use :::3000", "    at Server.setupListenHandle"], 3000],
	[['{"msg":"listen EADDRINUSE: address already in use 127.0.0.1:3001"}'], 3001],
	// The end of what Node prints of an uncaught error, where the log is cut.
	[["  code: 'EADDRINUSE',", "  errno: -98,", "  syscall: 'listen',", "  address: '::',", "  port: 3002", "}"], 3002],
	[["  code: 'EADDRINUSE',"], null],
])("the port is read from the log (%#)", (details, port) => {
	const error = new KnownError({ code: "TARGET_DIED", what: "the target exited with code 1", details });
	expect(sharedPortOf(error)).toEqual({ port });
	const wanted = port === null ? "a port" : `port ${port}`;
	expect(() => refuseSharedPort(error)).toThrow(
		`the variants cannot run side by side: the target wants ${wanted}, which another variant has; have it`,
	);
});

it("another failure is not one of ports", () => {
	const error = new KnownError({ code: "TARGET_DIED", what: "the target exited with code 1", details: ["no"] });
	expect(sharedPortOf(error)).toBeNull();
	expect(() => refuseSharedPort(error)).not.toThrow();
});
