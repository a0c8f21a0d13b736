import type { Finding } from "#src/model/finding.js";
import type { SideName } from "./side-request.js";

/** What whoever reads the verdict should know of two refs. */

const note = (code: string, severity: Finding["severity"], sentence: string): Finding => ({
	code,
	severity,
	about: null,
	figures: {},
	sentence,
});

export const dirtyTree = (head: string): Finding =>
	note(
		"DIRTY_TREE",
		"warning",
		`Changes that are not committed were not measured: head is ${head}. Give --head . to measure the working tree.`,
	);

export const sameCommit = (): Finding =>
	note("SAME_COMMIT", "warning", "Base and head are the same commit: no difference is to be expected.");

export const headNotPrepared = (line: string): Finding =>
	note(
		"NOT_PREPARED",
		"info",
		`Head is the working tree and was measured as it is: "${line}" ran for base only. Commit and give --head HEAD to have both prepared alike.`,
	);

export const submodulesMissing = (names: readonly SideName[]): Finding =>
	note(
		"SUBMODULES",
		"warning",
		`The repository has submodules, which are not checked out for ${names.join(" and ")}. Fetch them with --prepare "git submodule update --init" if the server needs them.`,
	);

export const envFileMissing = (names: readonly SideName[]): Finding =>
	note(
		"ENV_FILE",
		"warning",
		`The file .env is not in git, so ${names.join(" and ")} ran without it. Set what the server needs from it in the environment.`,
	);
