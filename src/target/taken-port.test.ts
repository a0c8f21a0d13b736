import { expect, it } from "vitest";
import { takenPortOf } from "./taken-port.js";

it.each([
	["Node", ["Error: listen EADDRINUSE: address already in use :::3000"], 3000],
	["Node, with an address", ["Error: listen EADDRINUSE: address already in use 127.0.0.1:8080"], 8080],
	["Node, of which only the fields are left", ["  code: 'EADDRINUSE',", "  port: 3000", "}"], 3000],
	["Node on a socket", ["Error: listen EADDRINUSE: address already in use /tmp/app.sock"], null],
	["Go", ["listen tcp :8080: bind: address already in use"], 8080],
	["Python", ["OSError: [Errno 98] Address already in use"], null],
	[
		"uvicorn",
		["[Errno 98] error while attempting to bind on address ('127.0.0.1', 8000): address already in use"],
		8000,
	],
	["Rust", ['Error: Os { code: 98, kind: AddrInUse, message: "Address already in use" }'], null],
	["Java", ["java.net.BindException: Address already in use (Bind failed)"], null],
	["Spring", ["Web server failed to start. Port 8080 was already in use."], 8080],
	["Django", ["Error: That port is already in use."], null],
	["Ruby", ["Address already in use - bind(2) for 127.0.0.1:9292 (Errno::EADDRINUSE)"], 9292],
	["PHP", ["Failed to listen on localhost:8000 (reason: Address already in use)"], 8000],
	[".NET", ["Failed to bind to address http://127.0.0.1:5000: address already in use."], 5000],
	["Next.js", ["Port 3000 is in use by an unknown process."], 3000],
])("%s says that its port is taken", (_, lines, port) => {
	expect(takenPortOf(["starting", ...lines, "bye"])).toEqual({ port });
});

it.each([
	["a server that listens", "Server listening on port 3000"],
	["another failure", "Error: connect ECONNREFUSED 127.0.0.1:5432"],
	["a name that is taken", "Error: table users already in use"],
])("%s does not", (_, line) => {
	expect(takenPortOf([line])).toBeNull();
});
