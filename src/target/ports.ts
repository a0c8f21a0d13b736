import { createServer } from "node:net";
import { KnownError, systemErrorCode } from "#src/errors.js";
import { listenerOf } from "./listening-ports.js";

const MOST_REMEMBERED = 64;
/** The system may give a port twice before the first one who asked for it listens. */
const givenLately: number[] = [];

/** A TCP port on loopback that nobody listens on at this moment, and that was not given to anybody else lately. */
export async function freePort(): Promise<number> {
	let port = await anyPort();
	while (givenLately.includes(port)) port = await anyPort();
	givenLately.push(port);
	if (givenLately.length > MOST_REMEMBERED) givenLately.shift();
	return port;
}

async function anyPort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve, reject) => {
		server.once("error", reject);
		server.listen(0, "127.0.0.1", resolve);
	});
	const address = server.address();
	await new Promise<void>((resolve) => server.close(() => resolve()));
	return typeof address === "object" && address !== null ? address.port : 0;
}

/** @throws KnownError PORT_TAKEN, with the process that holds it where that can be seen */
export async function refuseTakenPort(port: number): Promise<void> {
	const server = createServer();
	await new Promise<void>((resolve, reject) => {
		server.once("error", (error) => {
			if (systemErrorCode(error) !== "EADDRINUSE") return resolve();
			const holder = listenerOf(port);
			reject(
				new KnownError({
					code: "PORT_TAKEN",
					what: `port ${port} is taken${holder === null ? "" : ` by process ${holder}`}`,
					fix: "choose another with --port, or leave it out: a free one is used",
					cause: error,
				}),
			);
		});
		server.listen(port, "127.0.0.1", () => server.close(() => resolve()));
	});
}
