import type { Finding } from "#src/model/finding.js";
import type { SideName } from "./side-request.js";

/** What whoever reads the verdict should know of two refs. */

export const dirtyTree = (head: string): Finding => ({
	code: "DIRTY_TREE",
	severity: "warning",
	about: null,
	figures: { head },
});

export const sameCommit = (): Finding => ({ code: "SAME_COMMIT", severity: "warning", about: null, figures: {} });

export const sameStart = (): Finding => ({ code: "SAME_START", severity: "warning", about: null, figures: {} });

export const headNotPrepared = (command: string): Finding => ({
	code: "NOT_PREPARED",
	severity: "info",
	about: null,
	figures: { command },
});

export const submodulesMissing = (sides: readonly SideName[]): Finding => ({
	code: "SUBMODULES",
	severity: "warning",
	about: null,
	figures: { sides },
});

export const envFileMissing = (sides: readonly SideName[]): Finding => ({
	code: "ENV_FILE",
	severity: "warning",
	about: null,
	figures: { sides },
});
