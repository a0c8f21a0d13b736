import { fixedAnswer } from "./fixed-answer.js";
import type { Provider } from "./provider.js";

/** The same answer at once, always: what is left to measure is the gateway. */
export function staticProvider({ tokens }: { readonly tokens: number }): Provider {
	const answer = fixedAnswer(tokens);
	return {
		name: "static",
		isReady: () => true,
		async *answer() {
			yield* answer;
		},
	};
}
