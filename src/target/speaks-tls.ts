import { connect } from "node:tls";

const TIMEOUT_MS = 1_000;

/** Whether the server of an http origin wants TLS: it takes part in a handshake. */
export function speaksTls(origin: string): Promise<boolean> {
	const { hostname, port } = new URL(origin);
	return new Promise((resolve) => {
		// Only asked whether it can; nothing is sent, and nobody's certificate is believed.
		const socket = connect({
			host: hostname.replace(/^\[|\]$/g, ""),
			port: Number(port || 80),
			rejectUnauthorized: false,
			timeout: TIMEOUT_MS,
		});
		const end = (speaks: boolean): void => {
			socket.destroy();
			resolve(speaks);
		};
		socket.once("secureConnect", () => end(true));
		socket.once("timeout", () => end(false));
		socket.once("close", () => end(false));
		// An alert is an answer, too: it wants another version, or a certificate of ours.
		socket.once("error", (error: NodeJS.ErrnoException) => end(/ALERT/i.test(`${error.code} ${error.message}`)));
	});
}
