import type { Command } from "commander";
import { usageError } from "#src/errors.js";
import type { ClosedRunPlan } from "#src/investigate/run.js";
import type { Verdict } from "#src/model/comparison.js";
import { parseCommandLine, parseEnvironment } from "#src/sides/parse-sides.js";
import type { SideRequest } from "#src/sides/side-request.js";
import { startScriptOf } from "#src/sides/start-script.js";
import { COMPARED_CLIENTS } from "./comparison-design.js";
import { collect, planRun, type RunOptions } from "./run-options.js";
import type { CommandContext, ExitCode } from "./terminal.js";

/** Options that name two sides, for every command that holds them against each other. */
export interface SideOptions {
	readonly base?: string;
	readonly head?: string;
	readonly baseCmd?: string;
	readonly headCmd?: string;
	readonly baseEnv: readonly string[];
	readonly headEnv: readonly string[];
	readonly prepare?: string;
}

export const addSideOptions = (command: Command): Command =>
	command
		.option("--base <ref>", "git ref of this repository to compare with: main")
		.option("--head <ref>", 'git ref, or "." for the working tree as it is', ".")
		.option("--prepare <command>", 'installs and builds a ref, kept by commit and lockfile: "npm ci && npm run build"')
		.option("--base-cmd <command>", 'instead of refs: the command of base, "node old.js"')
		.option("--head-cmd <command>", "and of head")
		.option("--base-env <NAME=value>", "instead of refs: environment of base; may be repeated", collect, [])
		.option("--head-env <NAME=value>", "and of head", collect, []);

/** The plan with a target that stands for both sides until they are opened. */
export async function sidesPlan(
	command: string,
	options: RunOptions & SideOptions & { readonly profileDuration: string; readonly markdown?: string | true },
	context: CommandContext,
	sides: SideRequest,
): Promise<ClosedRunPlan> {
	if (options.url !== undefined) {
		throw usageError(`${command} cannot start a server behind --url anew`, "give the command of both sides");
	}
	if (options.port !== undefined) {
		throw usageError(`${command} runs two servers at once, so --port cannot name one`, "leave it out: ports are found");
	}
	const plan = await planRun(
		{ ...options, duration: options.profileDuration },
		{ ...context, targetArgv: null },
		{ clients: COMPARED_CLIENTS, durationOption: "--profile-duration" },
	);
	const argv = sides.kind === "commands" ? sides.head : (sides.argv ?? []);
	return { ...plan, target: { kind: "command", argv, env: {}, cwd: process.cwd(), port: null } };
}

export function sidesOf(options: SideOptions, { targetArgv }: CommandContext): SideRequest {
	const cwd = process.cwd();
	const byCommand = options.baseCmd !== undefined || options.headCmd !== undefined;
	const byEnvironment = options.baseEnv.length > 0 || options.headEnv.length > 0;
	if ([options.base !== undefined, byCommand, byEnvironment].filter(Boolean).length !== 1) {
		throw usageError(
			"which two sides?",
			"name them by --base and --head (git refs), by --base-cmd and --head-cmd, or by --base-env and --head-env",
		);
	}
	if (byCommand) {
		if (options.baseCmd === undefined || options.headCmd === undefined) {
			throw usageError("one side has no command", "give both --base-cmd and --head-cmd");
		}
		if (targetArgv !== null)
			throw usageError("both --base-cmd and a command after -- name a target", "give one of them");
		return {
			kind: "commands",
			base: parseCommandLine(options.baseCmd, "--base-cmd"),
			head: parseCommandLine(options.headCmd, "--head-cmd"),
			cwd,
		};
	}
	if (targetArgv !== null && targetArgv.length === 0) {
		throw usageError("there is no command after --", "write -- node server.js");
	}
	if (byEnvironment) {
		return {
			kind: "environments",
			argv: targetArgv ?? startScriptOf(cwd, "the current folder"),
			baseEnv: parseEnvironments(options.baseEnv, "--base-env"),
			headEnv: parseEnvironments(options.headEnv, "--head-env"),
			cwd,
		};
	}
	return {
		kind: "refs",
		base: options.base ?? "",
		head: options.head === "." ? null : (options.head ?? null),
		argv: targetArgv,
		prepare: options.prepare ?? null,
		cwd,
	};
}

const parseEnvironments = (texts: readonly string[], option: string): Record<string, string> =>
	Object.fromEntries(texts.map((text) => parseEnvironment(text, option)));

export function exitCodeOfVerdict(verdict: Verdict): ExitCode {
	switch (verdict) {
		case "regressed":
			return 1;
		case "improved":
		case "no change":
			return 0;
		case "cannot tell":
			return 3;
	}
}
