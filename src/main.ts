/**
 * Wires the commands to commander. The only file that listens to signals. What is not needed for the command at hand is not loaded.
 */
import { Command, CommanderError } from "commander";
import { refuseRemovedFolder } from "./commands/current-folder.js";
import { commands } from "./commands/index.js";
import { refuseMissingValues } from "./commands/missing-values.js";
import { ownTerminal } from "./commands/own-terminal.js";
import { exitCodeOf, printError, signalExitCodes } from "./commands/print-error.js";
import type { CommandContext, ExitCode, Terminal } from "./commands/terminal.js";
import { type EndingSignal, Interruption, usageError } from "./errors.js";
import { secretsOfArgv } from "./secrets/command-line.js";
import { toolVersion } from "./version.js";

/** Nothing could be measured. */
const UNFORESEEN = 2;
/** How long the work may take to end in order after Ctrl-C. */
const END_MS = 4_500;
/**
 * Signals that come so soon after the first are that one once more: npx passes on what the whole process group was sent, and
 * `timeout` signals its child and then the group that the child is in.
 */
const SAME_SIGNAL_MS = 1_000;

/** Does what the command line says. Returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
	const { terminal, endProgress, flushed } = ownTerminal(args, secretsOfArgv(args));
	const verbose = args.includes("--verbose");
	// Whatever nobody caught must not end with 1, which says "a regression".
	for (const event of ["uncaughtException", "unhandledRejection"] as const) {
		process.on(event, (error) => endWith(error, terminal, verbose));
	}
	let exitCode: number;
	try {
		exitCode = await dispatch(args, terminal);
	} catch (error) {
		terminal.progress("");
		printError(error, terminal, verbose);
		exitCode = exitCodeOf(error);
	} finally {
		endProgress();
	}
	const unwritten = await flushed();
	if (unwritten === null) return exitCode;
	terminal.err(
		`az-prof: could not write the answer: ${unwritten.message}; what was measured is kept in its run folder\n`,
	);
	await flushed();
	return UNFORESEEN;
}

/** At once, with a sentence. The warden ends what still runs. */
function endWith(error: unknown, terminal: Terminal, verbose = false): never {
	terminal.progress("");
	printError(error, terminal, verbose);
	process.exit(exitCodeOf(error));
}

async function dispatch(args: readonly string[], terminal: Terminal): Promise<number> {
	// What stands behind "--" is the target's; commander must not look at it.
	const split = args.indexOf("--");
	const own = split < 0 ? args : args.slice(0, split);
	const context: CommandContext = {
		terminal,
		commandLine: ["az-prof", ...args],
		targetArgv: split < 0 ? null : args.slice(split + 1),
		env: process.env,
		signal: abortOnSignals(terminal),
	};
	let exitCode: ExitCode = 0;
	const program = new Command("az-prof")
		.description(
			"Loads a Node HTTP service while it is under a profiler, and puts the flamegraph next to the percentile table.",
		)
		.version(toolVersion, "-V, --version", "the version")
		.helpOption("-h, --help", "this help")
		.helpCommand(false)
		.option("--verbose", "show the stack of an error")
		.showSuggestionAfterError(true)
		.addHelpText(
			"after",
			"\nThe target stands behind --:  az-prof flame /items -- node server.js\nWithout one, the reference gateway is measured.",
		);
	const name = own.find((arg) => !arg.startsWith("-"));
	if (name === undefined) listCommands(program);
	else {
		const listed = Object.hasOwn(commands, name) ? commands[name] : undefined;
		if (listed === undefined) throw await unknownCommand(name);
		const module = await listed.load();
		const command = withCommonOptions(module.define(program.command(name)));
		command.action(async () => {
			refuseRemovedFolder();
			exitCode = await module.run(command.args, command.opts(), context);
		});
	}
	for (const command of [program, ...program.commands]) {
		command.exitOverride().configureOutput({
			writeOut: terminal.out,
			writeErr: () => {},
			getOutHelpWidth: () => terminal.columns,
		});
	}
	if (name === undefined && own.every((arg) => arg === "--verbose")) {
		if (split >= 0) throw usageError("there is no command before --", "write az-prof flame /path -- node server.js");
		terminal.out(program.helpInformation());
		return 2;
	}
	refuseMissingValues(own, [...program.options, ...program.commands.flatMap((each) => each.options)]);
	try {
		await program.parseAsync([...own], { from: "user" });
	} catch (error) {
		if (!(error instanceof CommanderError)) throw error;
		if (error.exitCode === 0) return 0;
		throw usageError(
			// What was given to an option that does not exist may be a secret.
			error.message
				.replace(/^error: |\.$/g, "")
				.replaceAll("\n", " ")
				.replace(/'(--?[\w-]+)=[^']*'/, "'$1'"),
			"az-prof --help lists commands and options",
		);
	}
	return exitCode;
}

/** For the help, which shows of each its arguments and what it is for. */
function listCommands(program: Command): void {
	for (const [name, { arguments: of, summary }] of Object.entries(commands)) {
		withCommonOptions(program.command(`${name} ${of}`).summary(summary));
	}
}

const withCommonOptions = (command: Command): Command =>
	command.option("--verbose", "show the stack of an error").helpOption("-h, --help", "this help");

async function unknownCommand(name: string): Promise<Error> {
	const { nearest } = await import("./nearest.js");
	const close = nearest(name, Object.keys(commands));
	return usageError(
		`unknown command '${name}'`,
		`${close === undefined ? "" : `did you mean ${close}? `}az-prof --help lists commands and options`,
	);
}

/** Ctrl-C and SIGTERM end the work in order; another one ends it at once, and the warden clears up. */
function abortOnSignals(terminal: Terminal): AbortSignal {
	const controller = new AbortController();
	let firstAtMs = 0;
	for (const signal of Object.keys(signalExitCodes) as EndingSignal[]) {
		process.on(signal, () => {
			if (controller.signal.aborted) {
				if (performance.now() - firstAtMs < SAME_SIGNAL_MS) return;
				process.exit(signalExitCodes[signal]);
			}
			firstAtMs = performance.now();
			const interrupted = new Interruption(signal);
			// Something that is stopped, or does not answer, must not keep the user waiting; the warden ends it.
			setTimeout(() => endWith(interrupted, terminal), END_MS).unref();
			controller.abort(interrupted);
		});
	}
	return controller.signal;
}
