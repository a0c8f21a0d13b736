import type { realWorld } from "./real-world.js";
import type { showOutcome } from "./show-run.js";

interface MeasuringParts {
	readonly realWorld: typeof realWorld;
	readonly showOutcome: typeof showOutcome;
}

/**
 * What only a measurement needs: loaded once the options are right, so that help and refusals come without it.
 * @param story the module that tells what is measured
 */
export async function measuringParts<Story extends object>(story: Promise<Story>): Promise<Story & MeasuringParts> {
	const [told, world, show] = await Promise.all([story, import("./real-world.js"), import("./show-run.js")]);
	return { ...told, realWorld: world.realWorld, showOutcome: show.showOutcome };
}
