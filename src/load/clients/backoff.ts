import type { ErrorKind } from "#src/load/order/order.js";

const FIRST_WAIT_MS = 10;
const LONGEST_WAIT_MS = 1_000;

/**
 * How long a client waits before it tries again after its n-th failure in a row (n ≥ 1). A refused connection costs nothing
 * to try, so without a wait a dead server would be tried tens of thousands of times a second. One closed connection is
 * replaced at once; a time-out has waited already.
 */
export function waitAfterFailureMs(kind: ErrorKind, inARow: number): number {
	switch (kind) {
		case "timeout":
			return 0;
		case "refused":
		case "other":
			return doubled(inARow);
		case "reset":
		case "protocol":
			return inARow === 1 ? 0 : doubled(inARow - 1);
	}
}

const doubled = (times: number): number => Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (times - 1));
