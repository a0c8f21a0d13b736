import { createServer } from "node:net";
import { KnownError, systemErrorCode } from "../errors.js";
import { listenerOf } from "./listening-ports.js";

/** A TCP port on loopback that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
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
