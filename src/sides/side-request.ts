import type { Side } from "../model/comparison.js";
import type { TargetSpec } from "../target/target.js";

/** Which two sides the user named; made once, at the door. */
export type SideRequest =
	| {
			readonly kind: "refs";
			readonly base: string;
			/** Null: the working tree as it is. */
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

/** A side that can be started. */
export interface PreparedSide {
	readonly side: Side;
	readonly spec: Extract<TargetSpec, { kind: "command" }>;
}

export const preparedSide = (
	side: Omit<Side, "envNames">,
	env: Readonly<Record<string, string>> = {},
	envNames: readonly string[] = [],
): PreparedSide => ({
	side: { ...side, envNames: [...envNames] },
	spec: { kind: "command", argv: side.argv, env, cwd: side.cwd, port: null },
});
