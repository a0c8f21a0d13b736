import type { Side } from "#src/model/comparison.js";
import type { Finding } from "#src/model/finding.js";
import type { TargetSpec } from "#src/target/target.js";
import type { ChangedLinesOfSides } from "./changed-lines.js";
import type { Differences } from "./differences.js";
import type { HeadWithout } from "./head-without.js";

/** Which two sides the user named; made once, at the door. */
export type SideRequest =
	| {
			readonly kind: "refs";
			readonly base: string;
			/** Null or ".": the working tree as it is. */
			readonly head: string | null;
			/** Null: the start script of package.json. */
			readonly argv: readonly string[] | null;
			/** A shell line that installs and builds. */
			readonly prepare: string | null;
			/** A folder of the repository; commands run there, and in the same folder of a worktree. */
			readonly cwd: string;
	  }
	| {
			readonly kind: "commands";
			readonly base: readonly string[];
			readonly head: readonly string[];
			readonly cwd: string;
	  }
	| {
			readonly kind: "environments";
			readonly argv: readonly string[];
			readonly baseEnv: Readonly<Record<string, string>>;
			readonly headEnv: Readonly<Record<string, string>>;
			readonly cwd: string;
	  };

export type RefsRequest = Extract<SideRequest, { kind: "refs" }>;

export type SideName = Side["name"];

/** A side that can be started. */
export interface PreparedSide {
	readonly side: Side;
	readonly spec: Extract<TargetSpec, { kind: "command" }>;
}

/** Both sides, ready to be started as often as wanted until they are closed. */
export interface OpenSides {
	/** Base, head. */
	readonly sides: readonly [PreparedSide, PreparedSide];
	/** In which the sides differ, where both are of one repository; none where that is not known. */
	readonly changedLines: ChangedLinesOfSides;
	/** What whoever reads the verdict should know of the sides. */
	readonly notes: readonly Finding[];
	/** Top folders of both, of which the files of differences are named. */
	readonly roots: { readonly base: string; readonly head: string };
	/** The same, what each part is and who brought it; asked for once, as it takes git a while. */
	differences(): Promise<Differences>;
	/**
	 * Head in which these are as on base.
	 * @param ids of differences
	 * @throws KnownError where that cannot be made
	 */
	headWithout(ids: readonly string[]): Promise<HeadWithout>;
	/** Removes what was checked out for them. Never rejects; may be called twice. */
	close(): Promise<void>;
}

export interface OpenOptions {
	readonly signal: AbortSignal;
	/** Where the output of preparing goes: <folder>/prepare-<base|head>.log */
	readonly logFolder: string;
	/** Where prepared commits are kept; by default $XDG_CACHE_HOME or ~/.cache, and there az-prof/prepared. */
	readonly cacheFolder?: string;
	/** Told what is going on, for a progress line. */
	say(phase: string): void;
}

export const preparedSide = (
	side: Omit<Side, "envNames">,
	env: Readonly<Record<string, string>> = {},
	envNames: readonly string[] = [],
	/** Where the command runs, if that is not where its code is. */
	cwd: string = side.cwd,
): PreparedSide => ({
	side: { ...side, envNames: [...envNames] },
	spec: { kind: "command", argv: side.argv, env, cwd, port: null },
});
