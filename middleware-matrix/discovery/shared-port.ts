import { KnownError } from "#src/errors.js";
import { type TakenPort, takenPortOf } from "#src/target/taken-port.js";

/** The port that kept a target from starting because another process has it; null where that is not the reason. */
export const sharedPortOf = (error: unknown): TakenPort | null =>
	error instanceof KnownError ? takenPortOf(error.details) : null;

/** A server that takes a port of its own choice cannot stand beside itself, and no layer is to blame. */
export function refuseSharedPort(error: unknown): void {
	const shared = sharedPortOf(error);
	if (shared === null) return;
	throw new KnownError({
		code: "PORT_TAKEN",
		what: "the variants cannot run side by side",
		why: `the target wants ${shared.port === null ? "a port" : `port ${shared.port}`}, which another variant has`,
		fix: "have it take every port from PORT or listen on 0, or use --quick, which runs one process",
	});
}

/**
 * Lets targets be tried side by side until one of them finds that another has its port, and from then on one after the other:
 * else what two processes want of the machine would be taken for what a layer is needed for.
 */
export class TakingTurns {
	readonly #sideBySide = new Set<Promise<unknown>>();
	#last: Promise<unknown> = Promise.resolve();
	#oneByOne = false;

	/** @throws what the attempt throws; a taken port only where nothing of ours can have it any more */
	async run<Result>(attempt: () => Promise<Result>): Promise<Result> {
		if (!this.#oneByOne) {
			const running = attempt();
			this.#sideBySide.add(running);
			try {
				return await running;
			} catch (error) {
				if (sharedPortOf(error) === null) throw error;
				this.#oneByOne = true;
			} finally {
				this.#sideBySide.delete(running);
			}
		}
		const turn = this.#last.then(async () => {
			await Promise.allSettled(this.#sideBySide);
			return attempt();
		});
		this.#last = turn.catch(() => {});
		return turn;
	}
}
