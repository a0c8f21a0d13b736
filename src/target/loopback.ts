import { lookup as systemLookup } from "node:dns/promises";
import { connect, isIP } from "node:net";
import { KnownError, messageOf, usageError } from "#src/errors.js";

/** Whether this is an address (not a name) of this machine alone: 127.0.0.0/8 or ::1. */
export function isLoopbackAddress(address: string): boolean {
	if (isIP(address) === 4) return address.startsWith("127.");
	// URL writes ::1 in one way only; a scope ("::1%lo") it does not take.
	return URL.canParse(`http://[${address}]`) && new URL(`http://[${address}]`).hostname === "[::1]";
}

const LOOKUP_MS = 5_000;
const CONNECT_MS = 1_000;

export type Lookup = (name: string) => Promise<readonly string[]>;

const lookupAll: Lookup = async (name) => (await systemLookup(name, { all: true })).map(({ address }) => address);

/**
 * The address behind an origin's host, found before anything is sent: all that its name resolves to must be on this machine, and that very
 * address is connected to. Of several the first that takes a connection.
 * @throws KnownError USAGE where any of them is not on this machine, UNREACHABLE where the name cannot be resolved
 */
export async function loopbackAddressOf(
	{ hostname, port }: Pick<URL, "hostname" | "port">,
	signal: AbortSignal,
	lookup: Lookup = lookupAll,
): Promise<string> {
	const host = hostname.replace(/^\[|\]$/g, "");
	const addresses = isIP(host) === 0 ? await resolved(host, signal, lookup) : [host];
	const other = addresses.find((address) => !isLoopbackAddress(address));
	if (other !== undefined) {
		throw usageError(
			`--url ${hostname} is not on this machine${other === host ? "" : `: it is ${other}`}`,
			"only loopback addresses (127.0.0.0/8 and ::1) are loaded: over a network the figures would be the network's",
		);
	}
	for (const address of addresses.length > 1 ? addresses : []) {
		if (await takesConnection(address, Number(port || 80), signal)) return address;
	}
	return addresses[0] as string;
}

async function resolved(host: string, signal: AbortSignal, lookup: Lookup): Promise<readonly string[]> {
	const unresolved = (why: string, cause?: unknown): KnownError =>
		new KnownError({
			code: "UNREACHABLE",
			what: `--url ${host} cannot be resolved`,
			why,
			fix: "give an address of this machine: http://127.0.0.1:3000",
			cause,
		});
	// Held by the listener below: AbortSignal.any() does not hold it.
	const timeout = AbortSignal.timeout(LOOKUP_MS);
	const limit = AbortSignal.any([signal, timeout]);
	// The system's look-up cannot be called off; it is no longer waited for.
	const over = new Promise<never>((_, reject) => {
		limit.addEventListener("abort", () => {
			reject(!timeout.aborted ? signal.reason : unresolved(`there was no answer within ${LOOKUP_MS / 1000} s`));
		});
	});
	const addresses = await Promise.race([
		over,
		lookup(host).catch((error: unknown) => {
			throw unresolved(messageOf(error), error);
		}),
	]);
	if (addresses.length === 0) throw unresolved("it has no address");
	return addresses;
}

function takesConnection(host: string, port: number, signal: AbortSignal): Promise<boolean> {
	return new Promise((resolve, reject) => {
		const socket = connect({ host, port, timeout: CONNECT_MS, signal });
		const end = (isTaken: boolean): void => {
			socket.destroy();
			resolve(isTaken);
		};
		socket.once("connect", () => end(true));
		socket.once("timeout", () => end(false));
		socket.once("error", () => (signal.aborted ? reject(signal.reason) : end(false)));
	});
}
