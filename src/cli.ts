#!/usr/bin/env node
/**
 * The door. Whoever asks for the version alone waits for nothing else. Nothing of ours is imported before this runs, because a file that
 * cannot be loaded (too few descriptors, half an installation) would end Node with 1.
 */

/** Nothing could be measured. */
const UNFORESEEN = 2;

const argv = process.argv.slice(2);
try {
	if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
		const { toolVersion } = await import("./version.js");
		process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
			if (code === "EPIPE") return;
			process.stderr.write(`az-prof: could not write the answer: ${message}\n`);
			process.exitCode = UNFORESEEN;
		});
		process.stdout.write(`${toolVersion}\n`);
	} else {
		const { main } = await import("./main.js");
		// Sockets of a target that died may keep the loop alive; everything of ours has ended by then.
		process.exit(await main(argv));
	}
} catch (error) {
	const { message } = error as Error;
	process.stderr.write(
		`az-prof: cannot load its own code: ${message}; install it again (npm ci), or raise the limit of open files (ulimit -n 1024)\n`,
	);
	process.exit(UNFORESEEN);
}

export {};
