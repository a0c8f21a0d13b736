import type { Client } from "./client.js";
import type { Unanswered } from "./load-order.js";

/** What is under way at `now`: attempts of clients, and those that were due and wait for a client. */
export function unansweredBy(now: number, clients: readonly Client[], waiting: readonly number[] = []): Unanswered {
	let count = waiting.length;
	let oldest = waiting[0] ?? now;
	for (const { plannedAt, since } of clients) {
		const from = plannedAt || since;
		if (from === 0) continue;
		count++;
		oldest = Math.min(oldest, from);
	}
	return { count, oldestNs: Math.max(0, Math.round((now - oldest) * 1e6)) };
}
