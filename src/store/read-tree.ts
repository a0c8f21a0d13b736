import { KnownError, messageOf } from "#src/errors.js";
import { type CallTree, callTreeSchema } from "#src/model/call-tree.js";
import { profilesOf } from "#src/model/parts-of-run.js";
import type { ProfileRecord } from "#src/model/profile.js";
import { fileInRun, readRunFile } from "./file-in-run.js";
import type { StoredRun } from "./read-run.js";

/** The call trees of a run, by the id of their profiles; one that cannot be read is left out. */
export function readTrees(run: StoredRun): Map<string, CallTree> {
	const trees = new Map<string, CallTree>();
	for (const profile of profilesOf(run.record)) {
		if (profile.treeFile === null) continue;
		try {
			trees.set(profile.id, readTree(run, profile));
		} catch {
			// The report then says that this profile is missing.
		}
	}
	return trees;
}

/**
 * The call tree of one profile; it has at least one tick.
 * @throws KnownError RUN_RECORD where there is none, or it cannot be read
 */
export function readTree(run: StoredRun, { id, treeFile }: Pick<ProfileRecord, "id" | "treeFile">): CallTree {
	const unreadable = (why: string, cause?: unknown): KnownError =>
		new KnownError({
			code: "RUN_RECORD",
			what: `the call tree of ${id} cannot be read`,
			why,
			fix: "measure again, or choose another profile",
			cause,
		});
	if (treeFile === null) throw unreadable("this profiler leaves none");
	let json: unknown;
	try {
		json = JSON.parse(readRunFile(fileInRun(run.path, treeFile)));
	} catch (error) {
		throw unreadable(error instanceof SyntaxError ? "it is cut short or not JSON" : messageOf(error), error);
	}
	const parsed = callTreeSchema.safeParse(json);
	if (!parsed.success) {
		const [first] = parsed.error.issues;
		throw unreadable(`${first?.path.join(".") ?? ""}: ${first?.message ?? "it does not fit the schema"}`);
	}
	if (parsed.data.nodes.every(({ selfTicks }) => selfTicks === 0)) throw unreadable("it has no ticks");
	return parsed.data;
}
