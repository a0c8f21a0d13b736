import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Handshake } from "./handshake.js";

const HOST = "127.0.0.1:3000";
const asked = (headers: readonly string[], path = "/chat") =>
	new Handshake({ method: "WS", path, headers, body: null }, HOST);

/** RFC 6455, section 4.2.2. */
function acceptOf(handshake: Handshake): string {
	const key = /\r\nsec-websocket-key: (\S+)\r\n/.exec(handshake.bytes.toString("latin1"))?.[1];
	return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}

describe("the request for a WebSocket", () => {
	it("says what it is, and what it is given", () => {
		const text = asked(["Authorization", "Bearer x", "Connection", "close"], "//rooms/1?a=b#c").bytes.toString(
			"latin1",
		);
		expect(text).toMatch(/^GET \/\/rooms\/1\?a=b HTTP\/1\.1\r\nhost: 127\.0\.0\.1:3000\r\nupgrade: websocket\r\n/);
		expect(text).toMatch(/\r\nconnection: Upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: [\w+/]{22}==\r\n/);
		expect(text).toMatch(/\r\nAuthorization: Bearer x\r\n\r\n$/);
		expect(text).not.toContain("close");
	});

	it("has another key each time", () => {
		expect(acceptOf(asked([]))).not.toBe(acceptOf(asked([])));
	});
});

describe("its answer", () => {
	const right = { upgrade: "WebSocket", connection: "keep-alive, Upgrade" };
	const answered = (offer: string | null, fields: Record<string, string>): boolean => {
		const handshake = asked(offer === null ? [] : ["Sec-WebSocket-Protocol", offer]);
		const accept = { "sec-websocket-accept": acceptOf(handshake) };
		for (const [name, value] of Object.entries({ ...right, ...accept, ...fields })) handshake.onField(name, value);
		return handshake.isAccepted();
	};

	it("opens a WebSocket where it has the key's answer, and a subprotocol that was offered", () => {
		expect(answered(null, {})).toBe(true);
		expect(answered("chat, superchat", { "sec-websocket-protocol": "superchat" })).toBe(true);
	});

	it.each<[string, string | null, Record<string, string>]>([
		["another protocol", null, { upgrade: "h2c" }],
		["no upgrade of the connection", null, { connection: "keep-alive" }],
		["the answer to another key", null, { "sec-websocket-accept": "x" }],
		["an extension that nobody offered", null, { "sec-websocket-extensions": "permessage-deflate" }],
		["a subprotocol that nobody offered", null, { "sec-websocket-protocol": "chat" }],
		["another subprotocol", "chat", { "sec-websocket-protocol": "superchat" }],
		["no subprotocol where some were offered", "chat", {}],
	])("does not where it has %s", (_, offer, fields) => {
		expect(answered(offer, fields)).toBe(false);
	});
});
