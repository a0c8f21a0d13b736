import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { ToolMessage } from "./agent/protocol.js";
import { AgentPeer } from "./agent-peer.js";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

/** A peer whose agent answers these methods, and no others. */
function peerOf(answered: readonly string[]): AgentPeer {
	const socket = new Duplex({
		read: () => {},
		write: (chunk, _, done) => {
			const { id, method } = JSON.parse(String(chunk)) as ToolMessage;
			if (answered.includes(method)) socket.push(`${JSON.stringify({ type: "result", id, value: method })}\n`);
			done();
		},
	});
	const ignore = (): void => {};
	return new AgentPeer(socket as unknown as Socket, {
		joined: ignore,
		listening: ignore,
		changed: ignore,
		late: ignore,
		left: ignore,
	});
}

it.each([
	[[], 10_000, 'the target did not answer "cpu.end" within 10 s: its event loop does not turn'],
	[["cpuUsage"], 60_000, 'the target did not answer "cpu.end" within 60 s: its event loop does not turn'],
])("where %j is answered, what may take a minute is given up after %i ms", async (answered, afterMs, sentence) => {
	const peer = peerOf(answered);
	let said: unknown;
	peer.call("cpu.end", {}, 60_000).catch((error: Error) => {
		said = error.message;
	});
	await vi.advanceTimersByTimeAsync(afterMs - 1);
	expect(said).toBeUndefined();
	await vi.advanceTimersByTimeAsync(1);
	expect(said).toBe(sentence);
});

it("what takes long is answered where the loop turns", async () => {
	expect(await peerOf(["cpuUsage", "cpu.end"]).call("cpu.end", {}, 60_000)).toBe("cpu.end");
	expect(await peerOf(["short"]).call("short")).toBe("short");
});
