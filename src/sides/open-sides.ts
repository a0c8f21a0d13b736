import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { KnownError } from "../errors.js";
import type { Finding } from "../model/finding.js";
import { linkDependencies } from "./dependencies.js";
import { commitOf, isDirty, repositoryRoot } from "./git.js";
import { defaultCacheFolder, prepared } from "./prepare.js";
import { type PreparedSide, preparedSide, type SideRequest } from "./side-request.js";
import { startScriptOf } from "./start-script.js";
import { removeStaleWorktrees, Worktrees } from "./worktrees.js";

export interface OpenSides {
	/** Base, head. */
	readonly sides: readonly [PreparedSide, PreparedSide];
	readonly notes: readonly Finding[];
	/** Removes what was checked out. */
	close(): Promise<void>;
}

export interface OpenOptions {
	readonly signal: AbortSignal;
	/** Where the output of preparing goes. */
	readonly logFolder: string;
	readonly cacheFolder?: string;
	say(phase: string): void;
}

/** Makes both sides ready to be started. @throws KnownError GIT, PREPARE_FAILED, USAGE; nothing is left behind then */
export async function openSides(request: SideRequest, options: OpenOptions): Promise<OpenSides> {
	switch (request.kind) {
		case "commands":
			return {
				sides: [commandSide("base", request.base, request.cwd), commandSide("head", request.head, request.cwd)],
				notes: [],
				close: async () => {},
			};
		case "environments":
			return { sides: environmentSides(request), notes: [], close: async () => {} };
		case "refs":
			return openRefs(request, options);
	}
}

const commandSide = (name: "base" | "head", argv: readonly string[], cwd: string): PreparedSide =>
	preparedSide({ name, label: argv.join(" "), argv: [...argv], cwd, commit: null, dirty: false });

function environmentSides({
	argv,
	baseEnv,
	headEnv,
	cwd,
}: Extract<SideRequest, { kind: "environments" }>): [PreparedSide, PreparedSide] {
	const names = [...new Set([...Object.keys(baseEnv), ...Object.keys(headEnv)])].filter(
		(name) => baseEnv[name] !== headEnv[name],
	);
	// Values may be secrets; names are not.
	const side = (name: "base" | "head", env: Readonly<Record<string, string>>): PreparedSide => {
		const set = names.filter((each) => env[each] !== undefined);
		const label = set.length === 0 ? `${argv.join(" ")}` : `${argv.join(" ")} with ${set.join(", ")}`;
		return preparedSide({ name, label, argv: [...argv], cwd, commit: null, dirty: false }, env, names);
	};
	return [side("base", baseEnv), side("head", headEnv)];
}

type Refs = Extract<SideRequest, { kind: "refs" }>;

async function openRefs(request: Refs, options: OpenOptions): Promise<OpenSides> {
	const root = await repositoryRoot(request.cwd);
	const base = await commitOf(request.cwd, request.base);
	const head = request.head === null ? null : await commitOf(request.cwd, request.head);
	const dirty = await isDirty(request.cwd);
	await removeStaleWorktrees(root);
	const worktrees = new Worktrees(root);
	try {
		const open = { request, options, root, worktrees };
		const baseSide = await refSide("base", request.base, base, open);
		const headSide =
			head === null ? await workingTree(request, dirty) : await refSide("head", request.head as string, head, open);
		return {
			sides: [baseSide, headSide],
			notes: notesOf(request, { base, head: head ?? (await commitOf(request.cwd, "HEAD")), dirty }),
			close: () => worktrees.close(),
		};
	} catch (error) {
		await worktrees.close();
		throw error;
	}
}

async function refSide(
	name: "base" | "head",
	ref: string,
	commit: string,
	open: { request: Refs; options: OpenOptions; root: string; worktrees: Worktrees },
): Promise<PreparedSide> {
	const { request, options, root, worktrees } = open;
	const inside = relative(root, request.cwd);
	options.signal.throwIfAborted();
	options.say(`${name}: checking out ${ref}`);
	const tree =
		request.prepare === null
			? await worktrees.add(name, commit)
			: await prepared({
					...options,
					cacheFolder: options.cacheFolder ?? defaultCacheFolder(),
					root,
					commit,
					inside,
					line: request.prepare,
					name,
					checkOut: () => worktrees.add(name, commit),
				});
	const cwd = join(tree, inside);
	if (!existsSync(cwd)) {
		throw new KnownError({
			code: "GIT",
			what: `${ref} has no folder ${inside}`,
			fix: "run compare in a folder that both commits have",
		});
	}
	if (request.prepare === null) await linkDependencies({ root, cwd: request.cwd, worktree: tree, commit, ref });
	options.signal.throwIfAborted();
	const argv = request.argv ?? startScriptOf(cwd, ref);
	return preparedSide({ name, label: `${ref} (${commit.slice(0, 7)})`, argv: [...argv], cwd, commit, dirty: false });
}

async function workingTree(request: Refs, dirty: boolean): Promise<PreparedSide> {
	const { cwd } = request;
	const argv = request.argv ?? startScriptOf(cwd, "the working tree");
	const commit = await commitOf(cwd, "HEAD");
	return preparedSide({ name: "head", label: "working tree", argv: [...argv], cwd, commit, dirty });
}

function notesOf(request: Refs, found: { base: string; head: string; dirty: boolean }): Finding[] {
	const note = (code: string, severity: Finding["severity"], sentence: string): Finding => ({
		code,
		severity,
		about: null,
		figures: {},
		sentence,
	});
	const notes: Finding[] = [];
	if (request.head !== null && found.dirty) {
		notes.push(
			note(
				"DIRTY_TREE",
				"warning",
				`Changes in the working tree that are not committed were not measured: head is ${request.head}; leave --head out to measure them.`,
			),
		);
	}
	if (found.base === found.head && (request.head !== null || !found.dirty)) {
		notes.push(note("SAME_COMMIT", "warning", "Base and head are the same commit: no difference is to be expected."));
	}
	if (request.head === null && request.prepare !== null) {
		notes.push(
			note("NOT_PREPARED", "info", "Head is the working tree and was measured as it is: --prepare ran for base only."),
		);
	}
	return notes;
}
