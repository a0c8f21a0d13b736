import { expect, it } from "vitest";
import { debuggerFlags } from "./debugger-port.js";

it.each([
	[["server.js"], null],
	[["--inspect", "server.js"], { port: 9229, waits: false }],
	[["--inspect=9300"], { port: 9300, waits: false }],
	[["--inspect=0.0.0.0:9301"], { port: 9301, waits: false }],
	[["--inspect=[::1]:9302"], { port: 9302, waits: false }],
	[["--inspect=0"], { port: "any", waits: false }],
	[["--inspect", "--inspect-port=9303"], { port: 9303, waits: false }],
	[["--inspect-port=9303"], null],
	[["--inspect-brk"], { port: 9229, waits: true }],
	[["--inspect-wait=localhost"], { port: 9229, waits: true }],
	[["--inspect-publish-uid=stderr"], null],
] as const)("%j", (words, flags) => {
	expect(debuggerFlags(words)).toEqual(flags);
});
