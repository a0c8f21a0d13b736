import { connect } from "node:net";
import { KnownError } from "#src/errors.js";

/** The addresses of this machine that are loaded, as they stand in an origin. */
const HOSTS = [
	{ address: "127.0.0.1", inOrigin: "127.0.0.1" },
	{ address: "::1", inOrigin: "[::1]" },
] as const;
const TIMEOUT_MS = 1_000;

/**
 * The origin of a server on this machine that listens on `port`: by IPv4 where it does, else by IPv6.
 * @throws KnownError TARGET_SILENT where it listens on neither loopback address
 */
export async function reachedOrigin(port: number): Promise<string> {
	for (const { address, inOrigin } of HOSTS) {
		if (await accepts(address, port)) return `http://${inOrigin}:${port}`;
	}
	throw new KnownError({
		code: "TARGET_SILENT",
		what: `the target listens on port ${port}, but not on a loopback address`,
		fix: "let it listen on 127.0.0.1 or on all addresses",
	});
}

function accepts(host: string, port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect({ host, port, timeout: TIMEOUT_MS });
		const end = (is: boolean): void => {
			socket.destroy();
			resolve(is);
		};
		socket.once("connect", () => end(true));
		// It listens, and has no hands free: readiness will tell.
		socket.once("timeout", () => end(true));
		socket.once("error", () => end(false));
	});
}
