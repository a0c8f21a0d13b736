// A server of endless event streams, as cheap as it can be: raw TCP, chunked, the same event again and again. Without an
// argument it writes as fast as the connection takes it; with one it writes so many events a second to each stream, each in
// a packet of its own. It tells its port to its parent and ends with it.
import { type AddressInfo, createServer, type Socket } from "node:net";

const perSecond = process.argv[2] === undefined ? null : Number(process.argv[2]);
const event = `data: {"id":"c-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"word "}}]}\n\n`;
const chunk = Buffer.from(`${event.length.toString(16)}\r\n${event}\r\n`);
const head = Buffer.from("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
const streams = new Set<Socket>();

let due = 0;
function tick(): void {
	if (streams.size === 0) return;
	const now = performance.now();
	if (perSecond === null || now >= due) {
		for (const socket of streams) if (!socket.writableNeedDrain) socket.write(chunk);
		if (perSecond !== null) due = Math.max(due + 1_000 / perSecond, now - 10);
	}
	setImmediate(tick);
}

const server = createServer({ noDelay: true }, (socket) => {
	socket.once("data", () => {
		socket.write(head);
		streams.add(socket);
		if (streams.size === 1) setImmediate(tick);
	});
	socket.on("close", () => streams.delete(socket));
	socket.on("error", () => socket.destroy());
});
process.on("disconnect", () => process.exit(0));
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
