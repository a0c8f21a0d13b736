// undici's quickest way, as it comes: a Client for each connection and one handler for all of its requests. A process of
// its own, with its options as JSON: warms up, then loads and reports. Its parent is told when the load that counts begins.
//   requests  counts whole answers
//   agent     the same, and reads each answer's body as JSON, as a loop that may have to go on does
//   events    one request a connection, whose answer does not end: counts the events in it
import { createParser } from "eventsource-parser";
import { Client, type Dispatcher } from "undici";
import { measure, orderOf } from "./measure.js";

interface Order {
	readonly kind: "requests" | "agent" | "events";
	readonly url: string;
	readonly connections: number;
	readonly seconds: number;
	readonly warmupSeconds: number;
	readonly warmupAnswers: number;
	readonly body: string | null;
}

const order = orderOf<Order>();
const { counted, isOver } = await measure(order);
const request: Dispatcher.DispatchOptions = {
	path: "/",
	method: order.body === null ? "GET" : "POST",
	body: order.body,
	reset: false,
	blocking: false,
};

/** What is common to all: a request is sent when its connection is there. */
function handlerOf(
	onSent: () => void,
	onData: (chunk: Buffer) => void,
	onComplete: () => void,
): Dispatcher.DispatchHandler {
	return {
		onConnect: onSent,
		onHeaders: () => true,
		onData: (chunk) => {
			onData(chunk);
			return true;
		},
		onComplete,
		onError: (error: Error) => {
			throw error;
		},
	};
}

function go(): void {
	const client = new Client(order.url, { pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
	let since = 0;
	const begin = (): void => {
		since = performance.now();
	};
	const next = (): void => {
		counted(since);
		if (!isOver()) client.dispatch(request, handler);
	};
	const pieces: Buffer[] = [];
	const parser = createParser({
		onEvent: () => {
			counted(since);
			begin();
		},
	});
	const handlers: Readonly<Record<Order["kind"], Dispatcher.DispatchHandler>> = {
		requests: handlerOf(begin, () => {}, next),
		agent: handlerOf(
			begin,
			(chunk) => pieces.push(chunk),
			() => {
				JSON.parse(Buffer.concat(pieces).toString());
				pieces.length = 0;
				next();
			},
		),
		events: handlerOf(
			begin,
			(chunk) => parser.feed(chunk.toString("latin1")),
			() => {},
		),
	};
	const handler = handlers[order.kind];
	client.dispatch(request, handler);
}

for (let i = 0; i < order.connections; i++) go();
