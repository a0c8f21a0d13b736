// The cheapest HTTP server there is: a raw TCP server that answers each read with the same bytes. It tells its port to its
// parent and ends with it.
import { createServer } from "node:net";

const body = '{"alive":true}';
const answer = Buffer.from(
	`HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
);
const server = createServer({ noDelay: true }, (socket) => {
	socket.on("data", () => socket.write(answer));
	socket.on("error", () => socket.destroy());
});
process.on("disconnect", () => process.exit(0));
server.listen(0, "127.0.0.1", () => process.send(server.address().port));
