/**
 * The layers of one application in the order of their registration, and which of them is registering at the moment. Knows no framework.
 */
import { types } from "node:util";

export interface LayerRecord {
	readonly id: string;
	readonly kind: "plugin" | "hook";
	readonly parent: LayerRecord | null;
	/** Position in the order of registration. */
	readonly order: number;
	/** What it is called in the code; null where nothing names it. */
	readonly givenName: string | null;
	encapsulated: boolean;
	readonly hooks: Set<string>;
	readonly decorates: Set<string>;
	readonly dependsOn: readonly string[];
	/** Its code, and the stack of the call that registered it; kept only where they will be described. */
	readonly source: { readonly code: object; readonly registration: Error } | null;
	/** The application's instance that it registers on, once it runs. */
	instance: unknown;
	/** False while its hooks are skipped. */
	on: boolean;
}

/** A stretch of code that belongs to a layer (null: to the application itself), from its call to its end. */
interface Frame {
	readonly layer: LayerRecord | null;
}

export type NewLayer = Pick<LayerRecord, "kind" | "parent" | "givenName" | "source"> & {
	/** The id is made from this, so it must be the same in every start. */
	readonly stableName: string;
	readonly encapsulated?: boolean;
	readonly dependsOn?: readonly string[];
	/** Taken with `nextOrder` where the layer was registered before it could be named. */
	readonly order?: number;
};

export type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

const WITHIN = " > ";

export class LayerTree {
	readonly #records: LayerRecord[] = [];
	readonly #counts = new Map<string, number>();
	readonly #frames: Frame[] = [];
	readonly #prefix: string;
	#order = 0;

	/** @param prefix begins every id */
	constructor(prefix: string) {
		this.#prefix = prefix;
	}

	get records(): readonly LayerRecord[] {
		return [...this.#records].sort((a, b) => a.order - b.order);
	}

	/** The layer whose code runs. Frameworks load plugins one after the other, so the innermost that has not ended is it. */
	get current(): LayerRecord | null {
		return this.#frames.at(-1)?.layer ?? null;
	}

	nextOrder(): number {
		return this.#order++;
	}

	add({ stableName, encapsulated, dependsOn, order, ...rest }: NewLayer): LayerRecord {
		const base = `${rest.parent === null ? this.#prefix : `${rest.parent.id}${WITHIN}`}${stableName}`;
		const count = (this.#counts.get(base) ?? 0) + 1;
		this.#counts.set(base, count);
		const record: LayerRecord = {
			...rest,
			id: count === 1 ? base : `${base}#${count}`,
			order: order ?? this.nextOrder(),
			encapsulated: encapsulated ?? false,
			dependsOn: dependsOn ?? [],
			hooks: new Set(),
			decorates: new Set(),
			instance: null,
			on: true,
		};
		this.#records.push(record);
		return record;
	}

	/**
	 * Runs a function as code of a layer: to its return, where it returns a promise to that one's end, and where it is given a
	 * callback (at index `doneAt`) until that is called. (An AsyncLocalStorage would be simpler, but slows promises down for good.)
	 */
	run(layer: LayerRecord | null, code: AnyFunction, self: unknown, args: unknown[], doneAt: number | null): unknown {
		const frame: Frame = { layer };
		this.#frames.push(frame);
		let returned = false;
		let ended = false;
		// After its callback has been called, a plugin may still run to its return.
		const leave = (): void => {
			if (returned && ended) this.#leave(frame);
		};
		const end = (): void => {
			ended = true;
			leave();
		};
		const done = doneAt === null ? undefined : args[doneAt];
		if (doneAt !== null && typeof done === "function") {
			args[doneAt] = (...result: unknown[]): unknown => {
				end();
				return (done as AnyFunction)(...result);
			};
		}
		try {
			const result = code.apply(self, args);
			// Not every thenable: to look at `then` of a Fastify instance makes it load.
			if (types.isPromise(result)) result.then(end, end);
			else if (typeof done !== "function") ended = true;
			return result;
		} catch (error) {
			ended = true;
			throw error;
		} finally {
			returned = true;
			leave();
		}
	}

	#leave(frame: Frame): void {
		const at = this.#frames.lastIndexOf(frame);
		if (at >= 0) this.#frames.splice(at, 1);
	}

	toggle(off: ReadonlySet<string>): void {
		for (const record of this.#records) record.on = !isWithin(record, off);
	}

	has(id: string): boolean {
		return this.#records.some((record) => record.id === id);
	}
}

function isWithin(record: LayerRecord, ids: ReadonlySet<string>): boolean {
	for (let each: LayerRecord | null = record; each !== null; each = each.parent) if (ids.has(each.id)) return true;
	return false;
}
