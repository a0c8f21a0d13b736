import pMap from "p-map";
import type { RunningTarget } from "./target.js";

/** One by index, or why it could not be started. */
export type StartedTarget =
	| { readonly target: RunningTarget; readonly failure: null }
	| { readonly target: null; readonly failure: Error };

/**
 * Starts several targets in this order, a few at once: most of a start is one thread at work, so as many as there are cores take
 * hardly longer than one. They should not be started on their own cores. One that fails does not keep the others from starting.
 * @param start for an index of `order`
 */
export async function startTogether(
	order: readonly number[],
	atOnce: number,
	start: (index: number) => Promise<RunningTarget>,
): Promise<StartedTarget[]> {
	const started: StartedTarget[] = [];
	await pMap(
		order,
		async (index) => {
			try {
				started[index] = { target: await start(index), failure: null };
			} catch (error) {
				started[index] = { target: null, failure: error instanceof Error ? error : new Error(String(error)) };
			}
		},
		{ concurrency: atOnce },
	);
	return started;
}

/** Those that run, by index. When one could not be started, all others are ended and its reason is thrown. */
export async function allStarted(started: readonly StartedTarget[]): Promise<RunningTarget[]> {
	const failed = started.find(({ failure }) => failure !== null);
	if (failed === undefined) return started.flatMap(({ target }) => target ?? []);
	await Promise.all(started.map(({ target }) => target?.end()));
	throw failed.failure;
}
