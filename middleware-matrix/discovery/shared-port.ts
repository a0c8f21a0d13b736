import { KnownError } from "#src/errors.js";

/** A port that a target did not get because another process has it. */
export interface SharedPort {
	/** Null where the log does not tell. */
	readonly port: number | null;
}

/**
 * What the log of a target says that did not start because another process has its port; null where that is not the reason. Node
 * writes "listen EADDRINUSE: address already in use :::3000", and below it the fields of the error, of which the last lines may be all
 * that is left.
 */
export function sharedPortOf(error: unknown): SharedPort | null {
	if (!(error instanceof KnownError) || !error.details.some((line) => line.includes("EADDRINUSE"))) return null;
	const patterns = [/address already in use \S*?:(\d+)\b/, /^\W*port: (\d+),?$/];
	const found = patterns.map((pattern) => error.details.flatMap((line) => pattern.exec(line)?.[1] ?? [])[0]);
	const port = found.find((each) => each !== undefined);
	return { port: port === undefined ? null : Number(port) };
}

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
