import { describe, expect, it } from "vitest";
import { GatewayError } from "#src/gateway/errors.js";
import { drawDelays } from "./delays.js";
import { chosenProvider } from "./index.js";
import type { Provider } from "./provider.js";
import { ProviderCall } from "./provider-call.js";
import type { ProviderSettings } from "./settings.js";

const never = new AbortController().signal;
const call = (provider: Provider, signal = never) => new ProviderCall(provider, [], signal);
const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

describe("static", () => {
	it("gives the same answer always", async () => {
		const provider = chosenProvider({ kind: "static", tokens: 5 });
		expect(await call(provider).text()).toBe("a gateway stands between those");
		expect(await call(provider).text()).toBe("a gateway stands between those");
		expect((await call(chosenProvider({ kind: "static", tokens: 100 })).text()).split(" ")).toHaveLength(100);
	});
});

describe("latency", () => {
	const settings = { tokens: 6, firstTokenMs: 12, tokenMs: 3, spreadPercent: 40, seed: 5 };

	it("takes the delays it has drawn and says so", async () => {
		const provider = chosenProvider({ kind: "latency", ...settings });
		const startedAt = performance.now();
		const calls = Array.from({ length: 5 }, () => call(provider));
		await Promise.all(calls.map((one) => one.text()));
		const elapsedMs = performance.now() - startedAt;
		for (const [index, { providerMs, tokenCount }] of calls.entries()) {
			expect(tokenCount).toBe(6);
			// 0.001 for the rounding.
			expect(providerMs).toBeGreaterThanOrEqual(sumOf(drawDelays(settings, index + 1)) - 0.001);
			expect(providerMs).toBeLessThanOrEqual(elapsedMs);
		}
	});

	it("answers at once without delays", async () => {
		const fast = chosenProvider({ kind: "latency", ...settings, firstTokenMs: 0, tokenMs: 0 });
		expect(await call(fast).text()).toBe("a gateway stands between those who");
	});

	it("stops waiting when nobody wants the answer any more", async () => {
		const abandoned = new AbortController();
		const provider = chosenProvider({ kind: "latency", ...settings, firstTokenMs: 600_000 });
		const text = call(provider, abandoned.signal).text();
		setTimeout(() => abandoned.abort(new GatewayError("agent_unavailable", "gone")), 5);
		await expect(text).rejects.toThrow("gone");
	});
});

describe("failing", () => {
	const settings: ProviderSettings = { kind: "failing", tokens: 4, every: 3, afterTokens: 0 };
	const outcome = (provider: Provider) =>
		call(provider)
			.text()
			.catch((error: GatewayError) => `${error.statusCode} ${error.message}`);

	it("fails every n-th call", async () => {
		const provider = chosenProvider(settings);
		const good = "a gateway stands between";
		const bad = "500 the provider failed to answer";
		const outcomes: string[] = [];
		for (let i = 0; i < 6; i++) outcomes.push(await outcome(provider));
		expect(outcomes).toEqual([good, good, bad, good, good, bad]);
	});

	it("can fail in the middle of an answer", async () => {
		const broken = call(chosenProvider({ ...settings, every: 1, afterTokens: 2 }));
		await expect(broken.text()).rejects.toThrow(GatewayError);
		expect(broken.tokenCount).toBe(2);
	});

	it("is not ready where every call fails", () => {
		expect(chosenProvider(settings).isReady()).toBe(true);
		expect(chosenProvider({ ...settings, every: 1 }).isReady()).toBe(false);
	});
});

describe("a call", () => {
	it("does not count what its reader does between tokens", async () => {
		const slowlyRead = call(chosenProvider({ kind: "static", tokens: 4 }));
		const startedAt = performance.now();
		for await (const _token of slowlyRead.tokens()) block(15);
		expect(performance.now() - startedAt - slowlyRead.providerMs).toBeGreaterThanOrEqual(60);
	});

	it("ends the provider's answer when it is not read to its end", async () => {
		let ended = false;
		const endless: Provider = {
			name: "endless",
			isReady: () => true,
			async *answer() {
				try {
					for (;;) yield "x";
				} finally {
					ended = true;
				}
			},
		};
		for await (const _token of call(endless).tokens()) break;
		expect(ended).toBe(true);
	});
});

function block(durationMs: number): void {
	const end = performance.now() + durationMs;
	while (performance.now() < end);
}
