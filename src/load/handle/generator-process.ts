import type { ChildProcess } from "node:child_process";
import { KnownError } from "#src/errors.js";
import { checkOrder } from "#src/load/order/check.js";
import type { Command, LoadFailure, RawBlock, RawSlice, Reply, SliceEnd } from "#src/load/order/ipc-messages.js";
import type { LoadOrder, LoadProgress, SlicedOrder, WindowResult } from "#src/load/order/order.js";
import { forgetChild, startChild } from "#src/process/child.js";
import { entryPoint } from "#src/process/entry-point.js";
import { windowResult } from "./window-result.js";

/** The load generator, in a process of its own. One load at a time; one call at a time, except record() with progress(). */
export interface LoadGenerator {
	readonly pid: number;
	readonly pinnedCpus: string | null;
	/**
	 * Opens the connections; resolves when each is open or has failed once (at the latest after the time-out). The load flows
	 * and nothing is recorded yet.
	 * @throws KnownError USAGE for an order that cannot be sent, GENERATOR_FAILED where file descriptors do not suffice
	 */
	begin(order: LoadOrder): Promise<void>;
	/** What has ended since begin(). */
	progress(): Promise<LoadProgress>;
	/** Resolves when every request that is under way now has ended; the load goes on. */
	caughtUp(): Promise<void>;
	/**
	 * Records for `durationMs` without draining or pausing the load. `onSecond` is told when each full second has closed.
	 * When `signal` aborts, what was recorded so far is returned with the true length of the window.
	 */
	record(durationMs: number, onSecond?: (index: number) => void, signal?: AbortSignal): Promise<WindowResult>;
	/** Prepares to load several targets in turn, each with connections of its own; end() closes them. As begin(). */
	beginSlices(orders: readonly SlicedOrder[]): Promise<void>;
	/** Loads one of them for a short time and waits for what is in flight then. */
	slice(target: number, end: SliceEnd): Promise<RawSlice>;
	/** Stops the load and closes its connections; what is in flight is not counted. begin() may follow. */
	end(): Promise<void>;
	/** Ends the process. May be called more than once. */
	close(): Promise<void>;
}

const ANSWER_MS = 30_000;
const CLOSE_MS = 2_000;
const STDERR_LINES = 10;

type CommandParts = Command extends infer Each ? (Each extends Command ? Omit<Each, "id"> : never) : never;

/** @throws KnownError GENERATOR_FAILED */
export async function startLoadGenerator(options: { pinnedCpus: string | null }): Promise<LoadGenerator> {
	// What the user's NODE_OPTIONS preload or inspect is meant for the target and would slow the generator.
	const { NODE_OPTIONS: _, ...env } = process.env;
	const child = await startChild({
		argv: [process.execPath, entryPoint("load/generator/generator")],
		env,
		pinnedCpus: options.pinnedCpus,
		stdio: ["ignore", "ignore", "pipe", "ipc"],
	});
	const connection = new GeneratorConnection(child);
	await connection.ready;
	return {
		pid: child.pid,
		pinnedCpus: options.pinnedCpus,
		begin: async (order) => {
			checkOrder(order);
			await connection.call({ kind: "begin", order }, order.timeoutMs + ANSWER_MS);
		},
		progress: async () => {
			const reply = await connection.call({ kind: "progress" });
			return expectReply(reply, "progress").progress;
		},
		caughtUp: async () => {
			await connection.call({ kind: "caughtUp" });
		},
		record: async (durationMs, onSecond, signal) => {
			const told: RawBlock[] = [];
			connection.onSecond = (index, blocks) => {
				told.push(...blocks);
				onSecond?.(index);
			};
			const cut = (): void => void connection.call({ kind: "cut" }).catch(() => {});
			try {
				const reply = connection.call({ kind: "record", durationMs }, durationMs + ANSWER_MS);
				if (signal?.aborted) cut();
				signal?.addEventListener("abort", cut, { once: true });
				const { window } = expectReply(await reply, "window");
				return windowResult({ ...window, blocks: [...told, ...window.blocks] });
			} finally {
				signal?.removeEventListener("abort", cut);
				connection.onSecond = null;
			}
		},
		beginSlices: async (orders) => {
			orders.forEach(checkOrder);
			await connection.call({ kind: "beginSlices", orders });
		},
		slice: async (target, end) =>
			expectReply(await connection.call({ kind: "slice", target, end }, end.durationMs + ANSWER_MS), "slice").slice,
		end: async () => {
			await connection.call({ kind: "end" });
		},
		close: () => connection.close(),
	};
}

interface PendingCall {
	readonly resolve: (reply: Reply) => void;
	readonly reject: (error: Error) => void;
	readonly limit: NodeJS.Timeout | null;
}

/** Matches replies to calls, and fails all of them when the process ends. */
class GeneratorConnection {
	readonly ready: Promise<Reply>;
	onSecond: ((index: number, blocks: readonly RawBlock[]) => void) | null = null;
	readonly #child: ChildProcess & { readonly pid: number };
	readonly #exited: Promise<void>;
	readonly #pending = new Map<number, PendingCall>();
	#lastId = 0;
	#stderr = "";
	#gone: KnownError | null = null;

	constructor(child: ChildProcess & { readonly pid: number }) {
		this.#child = child;
		this.ready = this.#reply(0, ANSWER_MS);
		child.stderr?.setEncoding("utf8").on("data", (text: string) => {
			this.#stderr = (this.#stderr + text).split("\n").slice(-STDERR_LINES).join("\n");
		});
		child.on("message", (message) => this.#receive(message as Reply));
		child.on("error", () => {});
		this.#exited = new Promise((resolve) => {
			child.once("exit", (code, signal) => {
				forgetChild(child.pid);
				this.#fail(failed(`the load generator ended (${signal ?? `exit code ${code}`})`, this.#stderr));
				resolve();
			});
		});
	}

	call(command: CommandParts, answerMs: number = ANSWER_MS): Promise<Reply> {
		if (this.#gone !== null) return Promise.reject(this.#gone);
		const id = ++this.#lastId;
		const reply = this.#reply(id, answerMs);
		this.#child.send({ ...command, id }, (error) => {
			if (error !== null) this.#settle(id)?.reject(failed("the load generator cannot be reached", error.message));
		});
		return reply;
	}

	async close(): Promise<void> {
		if (this.#child.connected) this.#child.disconnect();
		const limit = setTimeout(() => this.#child.kill("SIGKILL"), CLOSE_MS);
		await this.#exited;
		clearTimeout(limit);
	}

	#reply(id: number, answerMs: number): Promise<Reply> {
		return new Promise((resolve, reject) => {
			const limit = setTimeout(() => {
				this.#settle(id)?.reject(
					failed(`the load generator did not answer within ${answerMs / 1_000} s`, this.#stderr),
				);
			}, answerMs);
			this.#pending.set(id, { resolve, reject, limit });
		});
	}

	#receive(reply: Reply): void {
		if (reply.kind === "second") {
			this.onSecond?.(reply.index, reply.blocks);
			return;
		}
		const call = this.#settle(reply.kind === "ready" ? 0 : reply.id);
		if (reply.kind === "failed") call?.reject(loadFailure(reply.failure));
		else call?.resolve(reply);
	}

	#settle(id: number): PendingCall | undefined {
		const call = this.#pending.get(id);
		if (call?.limit) clearTimeout(call.limit);
		this.#pending.delete(id);
		return call;
	}

	#fail(error: KnownError): void {
		this.#gone = error;
		for (const id of [...this.#pending.keys()]) this.#settle(id)?.reject(error);
	}
}

function expectReply<Kind extends Reply["kind"]>(reply: Reply, kind: Kind): Extract<Reply, { kind: Kind }> {
	if (reply.kind !== kind) throw new Error(`the generator answered ${reply.kind} instead of ${kind}`);
	return reply as Extract<Reply, { kind: Kind }>;
}

function loadFailure(failure: LoadFailure): Error {
	switch (failure.kind) {
		case "fileDescriptors":
			return new KnownError({
				code: "GENERATOR_FAILED",
				what: "the load generator cannot open that many connections",
				why: `${failure.needed} open files are needed and the limit is ${failure.limit}`,
				fix: "use fewer clients, or raise the limit with ulimit -n",
			});
		case "request":
			return new KnownError({
				code: "USAGE",
				what: "the request cannot be sent",
				why: failure.message,
				fix: "check method, path, headers and body",
			});
		case "state":
			return new Error(`load generator: ${failure.message}`);
	}
}

function failed(what: string, stderr: string): KnownError {
	const details = stderr.split("\n").filter((line) => line.trim() !== "");
	return new KnownError({ code: "GENERATOR_FAILED", what, fix: "try again with fewer clients", details });
}
