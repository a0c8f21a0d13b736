#!/usr/bin/env node
/**
 * Wires the commands to commander. The only file that writes to the console, listens to signals or sets an exit code.
 * What is not needed for the command at hand is not loaded.
 */
import { constants } from "node:os";
import type { CommandContext, ExitCode, Terminal } from "./commands/terminal.js";
import { secretsOfArgv } from "./secrets/command-line.js";
import { redactText } from "./secrets/redact.js";
import { toolVersion } from "./version.js";

const argv = process.argv.slice(2);
if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
	process.stdout.write(`${toolVersion}\n`);
} else {
	process.exitCode = await main(argv);
	// Sockets of a target that died may keep the loop alive; everything of ours has ended by now.
	await flushed();
	process.exit();
}

async function main(args: readonly string[]): Promise<number> {
	const { terminal, endProgress } = await makeTerminal(args);
	const verbose = args.includes("--verbose");
	try {
		return await dispatch(args, terminal);
	} catch (error) {
		terminal.progress("");
		const { exitCodeOf, printError } = await import("./commands/print-error.js");
		printError(error, terminal, verbose);
		return exitCodeOf(error);
	} finally {
		endProgress();
	}
}

async function dispatch(args: readonly string[], terminal: Terminal): Promise<number> {
	const [{ Command, CommanderError }, { commands }] = await Promise.all([
		import("commander"),
		import("./commands/index.js"),
	]);
	const { usageError } = await import("./errors.js");
	const { refuseRemovedFolder } = await import("./commands/current-folder.js");
	// What stands behind "--" is the target's; commander must not look at it.
	const split = args.indexOf("--");
	const own = split < 0 ? args : args.slice(0, split);
	const context: CommandContext = {
		terminal,
		commandLine: ["az-prof", ...args],
		targetArgv: split < 0 ? null : args.slice(split + 1),
		env: process.env,
		signal: await abortOnSignals(),
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
	if (name !== undefined && !Object.hasOwn(commands, name)) {
		const { nearest } = await import("./nearest.js");
		const close = nearest(name, Object.keys(commands));
		throw usageError(
			`unknown command '${name}'`,
			`${close === undefined ? "" : `did you mean ${close}? `}az-prof --help lists commands and options`,
		);
	}
	const wanted = name === undefined ? Object.keys(commands) : [name];
	for (const each of wanted) {
		const module = await commands[each]?.();
		if (module === undefined) continue;
		const command = module.define(program.command(each)).option("--verbose", "show the stack of an error");
		command.helpOption("-h, --help", "this help").action(async () => {
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
	if (own.length === 0) {
		terminal.out(program.helpInformation());
		return 2;
	}
	try {
		await program.parseAsync([...own], { from: "user" });
	} catch (error) {
		if (!(error instanceof CommanderError)) throw error;
		if (error.exitCode === 0) return 0;
		throw usageError(
			// What was given to an option that does not exist may be a secret.
			error.message
				.replace(/^error: /, "")
				.replaceAll("\n", " ")
				.replace(/'(--?[\w-]+)=[^']*'/, "'$1'"),
			"az-prof --help lists commands and options",
		);
	}
	return exitCode;
}

/** Ctrl-C and SIGTERM end the work in order; a second one ends it at once, and the warden clears up. */
async function abortOnSignals(): Promise<AbortSignal> {
	const controller = new AbortController();
	const { KnownError } = await import("./errors.js");
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
		process.on(signal, () => {
			if (controller.signal.aborted) process.exit(128 + constants.signals[signal]);
			controller.abort(
				new KnownError({
					code: "INTERRUPTED",
					what: `interrupted by ${signal}`,
					why: "what was measured until then is kept",
				}),
			);
		});
	}
	return controller.signal;
}

async function makeTerminal(args: readonly string[]): Promise<{ terminal: Terminal; endProgress(): void }> {
	const quiet = args.includes("--quiet") || args.includes("-q");
	let spinner: { text: string; stop(): unknown } | undefined;
	if (process.stderr.isTTY && !quiet && args[0] !== "serve") {
		const { default: ora } = await import("ora");
		const made = ora({ stream: process.stderr, discardStdin: false });
		spinner = {
			set text(text: string) {
				made.text = text;
				if (!made.isSpinning) made.start();
			},
			stop: () => made.stop(),
		};
	}
	const concealed = new Set<string>();
	let secrets: readonly string[] = [];
	const conceal = (others: readonly string[]): void => {
		for (const each of others) concealed.add(each);
		secrets = [...concealed];
	};
	conceal(secretsOfArgv(args));
	// A reader that went away (| head) is no error.
	process.stdout.on("error", () => {});
	process.stderr.on("error", () => {});
	return {
		terminal: {
			out: (content) => void process.stdout.write(content),
			err: (text) => void process.stderr.write(redactText(text, secrets)),
			conceal,
			progress(phase) {
				if (spinner === undefined) return;
				if (phase === "") spinner.stop();
				else spinner.text = redactText(phase, secrets);
			},
			interactive: process.stdout.isTTY === true,
			columns: process.stdout.columns ?? 120,
			color: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
		},
		endProgress: () => void spinner?.stop(),
	};
}

/** Waits until pipes have taken everything that was written. */
async function flushed(): Promise<void> {
	await Promise.all(
		[process.stdout, process.stderr].map(
			(stream) =>
				new Promise<void>((resolve) => (stream.writableLength === 0 ? resolve() : stream.write("", () => resolve()))),
		),
	);
}
