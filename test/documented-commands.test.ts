/** Every command of CONTRIBUTING and docs is run; those of README.md are by documentation.test.ts. */
import { describe } from "vitest";
import { ourCommands, pages } from "./support/documented-commands.js";
import { runCommands } from "./support/run-commands.js";

const readme = new Set(ourCommands(["README.md"]).map(({ command }) => command));

describe("the commands of the documentation", { timeout: 60_000 }, () =>
	runCommands(ourCommands(pages).filter(({ command }) => !readme.has(command))),
);
