import type { Client } from "#src/load/clients/client.js";

/**
 * How long what is under way at `now` has waited, in milliseconds: attempts of clients, since they were due or sent, and
 * those that were due and wait for a client.
 */
export function waitsAt(now: number, clients: readonly Client[], dueAt: readonly number[] = []): number[] {
	const waits = dueAt.map((due) => now - due);
	for (const { plannedAt, since } of clients) {
		const from = plannedAt || since;
		if (from !== 0) waits.push(now - from);
	}
	return waits;
}
