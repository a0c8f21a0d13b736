import { KnownError } from "#src/errors.js";

/** What the log of a target says that did not start because another process has its port; null where that is not the reason. */
export function sharedPortOf(error: unknown): string | null {
	const line = error instanceof KnownError ? error.details.find((each) => each.includes("EADDRINUSE")) : undefined;
	return /EADDRINUSE[^"\\]*/.exec(line ?? "")?.[0].trim() ?? null;
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
