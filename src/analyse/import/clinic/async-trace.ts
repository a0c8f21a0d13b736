import type { AsyncOperation } from "#src/model/readings.js";

interface Operation {
	readonly type: string;
	readonly startUs: number;
	lastUs: number;
	callbackFromUs: number | null;
}

interface Sum {
	count: number;
	callbacks: number;
	openUs: number;
	callbackUs: number;
}

const SEPARATOR = '},{"pid":';
const event = /"ts":(\d+),.*?"ph":"(\w)","cat":"[^"]*","name":"([^"]*)".*?"id":"(0x[0-9a-fA-F]+)"/s;
const CALLBACK = "_CALLBACK";

/**
 * Adds up Node's trace of asynchronous operations (category node.async_hooks) by type. The file is one line of JSON that
 * may be of hundreds of megabytes, so it is read piece by piece.
 */
export class AsyncTraceReader {
	#rest = "";
	readonly #open = new Map<string, Operation>();
	readonly #sums = new Map<string, Sum>();

	/** @param window only what happens within it counts; in microseconds of the trace's clock */
	constructor(readonly window: { readonly fromUs: number; readonly toUs: number }) {}

	add(chunk: string): void {
		const parts = (this.#rest + chunk).split(SEPARATOR);
		this.#rest = parts.pop() ?? "";
		for (const part of parts) this.#event(part);
	}

	/** Those that were open longest first. */
	operations(): AsyncOperation[] {
		this.#event(this.#rest);
		this.#rest = "";
		for (const operation of this.#open.values()) this.#close(operation, operation.lastUs);
		this.#open.clear();
		return [...this.#sums]

			.filter(([, { count, callbacks }]) => count + callbacks > 0)
			.map(([type, { count, callbacks, openUs, callbackUs }]) => ({
				type,
				count,
				callbacks,
				openMs: openUs / 1e3,
				callbackMs: callbackUs / 1e3,
			}))
			.sort((a, b) => b.openMs - a.openMs);
	}

	#event(text: string): void {
		const match = event.exec(text);
		if (match === null) return;
		const [, ts, phase, name = "", id = ""] = match;
		const atUs = Number(ts);
		if (name.endsWith(CALLBACK)) {
			this.#callback(this.#open.get(id), phase === "b", atUs);
			return;
		}
		if (phase === "b") {
			this.#open.set(id, { type: name, startUs: atUs, lastUs: atUs, callbackFromUs: null });
			if (this.#within(atUs)) this.#sum(name).count += 1;
		} else if (phase === "e") {
			const operation = this.#open.get(id);
			if (operation === undefined) return;
			this.#open.delete(id);
			this.#close(operation, atUs);
		}
	}

	#callback(operation: Operation | undefined, begins: boolean, atUs: number): void {
		if (operation === undefined) return;
		operation.lastUs = atUs;
		if (begins) operation.callbackFromUs = atUs;
		else if (operation.callbackFromUs !== null) {
			if (this.#within(operation.callbackFromUs)) {
				const sum = this.#sum(operation.type);
				sum.callbacks += 1;
				sum.callbackUs += atUs - operation.callbackFromUs;
			}
			operation.callbackFromUs = null;
		}
	}

	#close({ type, startUs }: Operation, atUs: number): void {
		const { fromUs, toUs } = this.window;
		this.#sum(type).openUs += Math.max(0, Math.min(atUs, toUs) - Math.max(startUs, fromUs));
	}

	#within(atUs: number): boolean {
		return atUs >= this.window.fromUs && atUs <= this.window.toUs;
	}

	#sum(type: string): Sum {
		const known = this.#sums.get(type);
		if (known !== undefined) return known;
		const sum: Sum = { count: 0, callbacks: 0, openUs: 0, callbackUs: 0 };
		this.#sums.set(type, sum);
		return sum;
	}
}
