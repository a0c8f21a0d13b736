// A WebSocket server that does next to nothing: raw TCP, shakes hands, then answers each read with the same message. It
// tells its port to its parent and ends with it.
import { createHash } from "node:crypto";
import { type AddressInfo, createServer } from "node:net";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const message = Buffer.from('{"type":"pong","seq":1,"text":"as long as a short answer is"}');
const frame = Buffer.concat([Buffer.from([0x81, message.length]), message]);

const server = createServer({ noDelay: true }, (socket) => {
	socket.once("data", (request) => {
		const key = /^sec-websocket-key: (.+)\r$/im.exec(request.toString("latin1"))?.[1] ?? "";
		const accept = createHash("sha1")
			.update(key + GUID)
			.digest("base64");
		socket.write(
			`HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
		);
		socket.on("data", () => socket.write(frame));
	});
	socket.on("error", () => socket.destroy());
});
process.on("disconnect", () => process.exit(0));
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
