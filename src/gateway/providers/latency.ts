import { setTimeout as wait } from "node:timers/promises";
import { drawDelays } from "./delays.js";
import { fixedAnswer } from "./fixed-answer.js";
import type { Provider } from "./provider.js";
import type { LatencySettings } from "./settings.js";

/** Takes as long as a model does, and no CPU for it. */
export function latencyProvider(settings: LatencySettings): Provider {
	const answer = fixedAnswer(settings.tokens);
	let calls = 0;
	return {
		name: "latency",
		isReady: () => true,
		async *answer(_messages, signal) {
			const delays = drawDelays(settings, ++calls);
			// Timers fire late; what one token waited too long, the next ones wait less, so that the sum holds.
			let owedMs = 0;
			for (const [index, token] of answer.entries()) {
				owedMs += delays[index] ?? 0;
				if (owedMs > 0) owedMs -= await sleep(owedMs, signal);
				yield token;
			}
		},
	};
}

/** @returns how long it really was: never less than asked for, although a timer may fire a little early */
async function sleep(durationMs: number, signal: AbortSignal): Promise<number> {
	const startedAt = performance.now();
	for (let slept = 0; ; ) {
		await wait(Math.ceil(durationMs - slept), undefined, { signal });
		slept = performance.now() - startedAt;
		if (slept >= durationMs) return slept;
	}
}
