// The WebSocket of ws, as it comes: one for each connection, with one message in flight. A process of its own, with its
// options as JSON: warms up, then loads and reports. Its parent is told when the load that counts begins.
import { WebSocket } from "ws";
import { measure, orderOf } from "./measure.js";

const { url, connections, message, ...seconds } = orderOf<{
	url: string;
	connections: number;
	seconds: number;
	warmupSeconds: number;
	warmupAnswers: number;
	/** Has {{seq}} where the number of the message goes. */
	message: string;
}>();
const { counted, isOver } = await measure(seconds);
const [before = "", after = ""] = message.split("{{seq}}");
let sequence = 0;

for (let i = 0; i < connections; i++) {
	const socket = new WebSocket(url.replace(/^http/, "ws"), { perMessageDeflate: false, skipUTF8Validation: true });
	let sentAt = 0;
	const send = (): void => {
		const next = `${before}${sequence++}${after}`;
		sentAt = performance.now();
		socket.send(next);
	};
	socket.on("open", send);
	socket.on("message", () => {
		counted(sentAt);
		if (!isOver()) send();
	});
	socket.on("error", (error) => {
		throw error;
	});
}
