/**
 * Loaded by the agent inside a target that runs under clinic. clinic's injected samplers write what they have when Node
 * says that nothing is left to do; saying so ourselves works whatever the target does with signals.
 */
import process from "node:process";

/** The answer must leave before the process does. */
const ANSWER_MS = 20;

// A target may replace process.exit later.
const exit = process.exit.bind(process);

export const methods: Record<string, (params: Record<string, unknown>) => unknown> = {
	/** Has the sampler write. It ends the process then; one that does not is ended after `exitAfterMs`. */
	"clinic.finish": ({ exitAfterMs }) => {
		setTimeout(() => process.emit("beforeExit", Number(process.exitCode ?? 0)), ANSWER_MS);
		if (typeof exitAfterMs === "number") setTimeout(() => exit(0), ANSWER_MS + exitAfterMs);
	},
};
