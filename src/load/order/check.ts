import { usageError } from "#src/errors.js";
import { isLoopbackAddress } from "#src/target/loopback.js";
import { HIGHEST_RATE_PER_SECOND, type LoadOrder, MOST_CONNECTIONS, mostClients } from "./order.js";

const MAX_TIMEOUT_MS = 3_600_000;

/** @throws KnownError USAGE for an order that the generator must not or cannot carry out */
export function checkOrder({ origin, request, load, timeoutMs }: LoadOrder): void {
	const url = URL.canParse(origin) ? new URL(origin) : null;
	if (url?.protocol !== "http:") {
		throw usageError(`cannot load ${origin}: only http:// is understood`, "give http://127.0.0.1:<port>");
	}
	// A name may lead anywhere by the time that it is connected to: it is resolved before, once.
	if (!isLoopbackAddress(url.hostname.replace(/^\[|\]$/g, ""))) {
		throw usageError(
			`load goes to addresses of this machine only, and ${url.hostname} may be another one`,
			"give http://127.0.0.1:<port>",
		);
	}
	if (!request.path.startsWith("/")) throw usageError(`the path ${request.path} does not start with /`);
	if (load.kind === "open" && !(load.ratePerSecond > 0 && load.ratePerSecond <= HIGHEST_RATE_PER_SECOND)) {
		throw usageError(
			`${load.ratePerSecond} requests a second are not possible`,
			`choose up to ${HIGHEST_RATE_PER_SECOND}`,
		);
	}
	const most = mostClients(load);
	if (!Number.isInteger(most) || most < 1 || most > MOST_CONNECTIONS) {
		throw usageError(
			`${most} ${load.kind === "closed" ? "clients" : "in flight"} are not possible`,
			`choose 1 to ${MOST_CONNECTIONS}`,
		);
	}
	if (!(timeoutMs >= 1 && timeoutMs <= MAX_TIMEOUT_MS)) {
		throw usageError(`a time-out of ${timeoutMs} ms is not possible`, "choose 1 ms to 1 h");
	}
}
