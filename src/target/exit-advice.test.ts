import { describe, expect, it } from "vitest";
import { adviceFromLog } from "./exit-advice.js";
import { tellingLines } from "./log-lines.js";

describe("what a server said last", () => {
	it.each([
		["Error: listen EADDRINUSE: address already in use :::3000", /port 3000 is in use.*PORT/],
		["OSError: [Errno 98] Address already in use", /its port is in use/],
		["Error: listen EACCES: permission denied 0.0.0.0:80", /port 80 needs more rights/],
		["Error: Cannot find module 'express'", /package express is not installed.*npm install/],
		["Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'fastify' imported from /a/b.js", /package fastify is not/],
		["Error: Cannot find module '/home/me/sever.js'", /there is no \/home\/me\/sever\.js; .*check the path/],
		['npm error Missing script: "start"', /no script "start"/],
		["node: bad option: --import", /does not know --import.*18\.19/],
		["error: This application requires Node.js version 22 or newer", /another version of Node/],
		[
			"Error: The module 'x.node' was compiled against a different Node.js version using",
			/native package.*npm rebuild/,
		],
		["SyntaxError: Cannot use import statement outside a module", /mixes ES modules and CommonJS/],
		['TypeError [ERR_UNKNOWN_FILE_EXTENSION]: Unknown file extension ".ts" for /a.ts', /does not run \.ts files.*tsx/],
		["SyntaxError: Unexpected token '}'", /cannot be parsed \(Unexpected token '}'\)/],
		["Error: DATABASE_URL is not set", /lacks something in its environment/],
		["Error: Missing required environment variable: API_KEY", /lacks something in its environment/],
		["Error: connect ECONNREFUSED 127.0.0.1:5432", /nothing answers at 127\.0\.0\.1:5432, which it needs/],
		["Error: ENOENT: no such file or directory, open 'config.json'", /needs config\.json, which is not there/],
		["sh: 1: tsx: not found", /no command tsx/],
		["FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory", /ran out of memory/],
	])("%s", (line, pattern) => {
		const { why, fix } = adviceFromLog(["starting", line, "    at main (/srv/app.js:1:1)"]) ?? {};
		expect(`${why}; ${fix}`).toMatch(pattern);
	});

	it.each([["hello"], ["TypeError: x is not a function"], ["listening on 3000"]])("may not be known: %s", (line) => {
		expect(adviceFromLog([line])).toBeNull();
	});
});

describe("the lines of a log that are shown", () => {
	const stack = Array.from({ length: 12 }, (_, line) => `    at step${line} (node:internal/x:${line}:1)`);
	const error = "Error: listen EADDRINUSE: address already in use :::3000";

	it("hold the error, however long its stack is", () => {
		const shown = tellingLines(["node:events:497", "", "      ^", error, ...stack, "  code: 'EADDRINUSE'", "}"], 10);
		expect(shown).toEqual(["node:events:497", error, ...stack.slice(0, 2), "  code: 'EADDRINUSE'", "}"]);
	});

	it("hold the error, whatever follows it", () => {
		const after = Array.from({ length: 20 }, (_, line) => `closing ${line}`);
		expect(tellingLines([error, ...after], 5)).toEqual([error, "…", "closing 17", "closing 18", "closing 19"]);
	});

	it("are the last ones where there is no error", () => {
		expect(tellingLines(["a", "b", "", "c"], 2)).toEqual(["b", "c"]);
	});
});
