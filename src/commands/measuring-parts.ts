import type { realWorld } from "./real-world.js";
import type { showOutcome } from "./show-run.js";

/** What only a measurement needs: loaded once the options are right, so that help and refusals come without it. */
export async function measuringParts(): Promise<{
	readonly realWorld: typeof realWorld;
	readonly showOutcome: typeof showOutcome;
}> {
	const [world, show] = await Promise.all([import("./real-world.js"), import("./show-run.js")]);
	return { realWorld: world.realWorld, showOutcome: show.showOutcome };
}
