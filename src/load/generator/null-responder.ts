/**
 * The cheapest HTTP server there is: it answers each read with the same bytes. What the generator reaches against it is the
 * most that it can, on this machine. It tells its parent the port and ends when the channel to it closes.
 */
import { type AddressInfo, createServer } from "node:net";

const BODY = '{"alive":true}';
const ANSWER = Buffer.from(
	`HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`,
);

const server = createServer({ noDelay: true }, (socket) => {
	socket.on("data", () => socket.write(ANSWER));
	socket.on("error", () => socket.destroy());
});
process.on("disconnect", () => process.exit(0));
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
