/**
 * Loaded by the agent inside a target that runs under clinic. clinic's injected samplers end the process and write what
 * they have when Node says that nothing is left to do; saying so ourselves works whatever the target does with signals.
 */
import process from "node:process";

export const methods: Record<string, () => unknown> = {
	"clinic.finish": () => {
		// The answer must leave before the process does.
		setTimeout(() => process.emit("beforeExit", Number(process.exitCode ?? 0)), 20);
	},
};
