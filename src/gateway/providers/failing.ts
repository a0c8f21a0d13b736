import { fixedAnswer } from "./fixed-answer.js";
import type { Provider } from "./provider.js";
import type { FailingSettings } from "./settings.js";

/** Every n-th call fails, at once or in the middle of its answer; the others answer like the static provider. */
export function failingProvider({ tokens, every, afterTokens }: FailingSettings): Provider {
	const answer = fixedAnswer(tokens);
	const beginning = answer.slice(0, afterTokens);
	let calls = 0;
	return {
		name: "failing",
		isReady: () => every > 1,
		async *answer() {
			calls++;
			if (calls % every !== 0) return yield* answer;
			yield* beginning;
			throw new Error(`call ${calls} is one of those that are to fail`);
		},
	};
}
