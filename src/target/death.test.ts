import { expect, it } from "vitest";
import { deathUnderLoad } from "./death.js";
import type { Exit } from "./target.js";

const said = (exit: Exit, ...lines: string[]): string => deathUnderLoad("head", exit, { logTail: () => lines }).message;

it.each<[string, Exit, string[]]>([
	[
		"head exited with code 4 under load; it printed nothing: start its command by hand, ",
		{ code: 4, signal: null },
		[],
	],
	["head exited with code 4 under load", { code: 4, signal: null }, ["out of luck"]],
	[
		"head was ended by SIGABRT under load: it ran out of memory; give it more with --max-old-space-size",
		{ code: null, signal: "SIGABRT" },
		["FATAL ERROR: JavaScript heap out of memory"],
	],
	["head was ended by SIGKILL under load; somebody ended it, or the kernel", { code: null, signal: "SIGKILL" }, []],
	["head was ended by SIGSEGV under load; it crashed", { code: null, signal: "SIGSEGV" }, []],
	["head was stopped (SIGSTOP) and not continued under load; look who", { code: null, signal: "SIGSTOP" }, []],
])("%s…", (sentence, exit, lines) => {
	expect(said(exit, ...lines).startsWith(sentence)).toBe(true);
});
