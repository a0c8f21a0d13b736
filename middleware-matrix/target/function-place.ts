/**
 * Where the code of functions stands, from V8 itself: exact, and without a look at their text. It enables the debugger for a
 * moment, which drops optimised code: for targets that are looked at, not for those that are measured.
 */
import { Session } from "node:inspector";
import { fileURLToPath } from "node:url";
import type { SourcePlace } from "./framework.js";
import { placeInSource } from "./written-place.js";

interface Remote {
	readonly value?: { readonly objectId?: string; readonly value?: unknown };
	readonly name: string;
}

interface Properties {
	readonly result: readonly Remote[];
	readonly internalProperties?: readonly Remote[];
}

interface ScriptPlace {
	readonly scriptId: string;
	readonly lineNumber: number;
	readonly columnNumber?: number;
}

interface Script {
	readonly url: string;
	/** Empty for a script without one. */
	readonly sourceMapUrl: string;
}

const SHELF = Symbol.for("az-prof.functions");
/** A bound function of a bound function of … */
const MOST_BINDINGS = 8;

/** By index; null where a function has no file: a native one, or one from eval. */
export function placesOfFunctions(functions: readonly object[]): (SourcePlace | null)[] {
	const session = new Session();
	session.connect();
	const shelf = globalThis as unknown as Record<symbol, unknown>;
	try {
		const scripts = new Map<string, Script>();
		session.on("Debugger.scriptParsed", ({ params }) =>
			scripts.set(params.scriptId, { url: params.url, sourceMapUrl: params.sourceMapURL ?? "" }),
		);
		post(session, "Debugger.enable");
		shelf[SHELF] = functions;
		const { result } = post<{ result: { objectId: string } }>(session, "Runtime.evaluate", {
			expression: `globalThis[Symbol.for(${JSON.stringify(SHELF.description)})]`,
		});
		const places: (SourcePlace | null)[] = functions.map(() => null);
		for (const { name, value } of properties(session, result.objectId).result) {
			if (!/^\d+$/.test(name) || value?.objectId === undefined) continue;
			const place = scriptPlace(session, value.objectId);
			if (place !== null) places[Number(name)] = inSource(scripts.get(place.scriptId), place);
		}
		return places;
	} finally {
		delete shelf[SHELF];
		session.disconnect();
	}
}

function scriptPlace(session: Session, objectId: string, depth = 0): ScriptPlace | null {
	const inner = properties(session, objectId).internalProperties ?? [];
	const place = inner.find(({ name }) => name === "[[FunctionLocation]]")?.value?.value;
	if (place !== undefined) return place as ScriptPlace;
	const target = inner.find(({ name }) => name === "[[TargetFunction]]")?.value?.objectId;
	return target === undefined || depth > MOST_BINDINGS ? null : scriptPlace(session, target, depth + 1);
}

/** Profiles name functions by the place that they were written at, and so do layers. */
function inSource(script: Script | undefined, { lineNumber, columnNumber }: ScriptPlace): SourcePlace | null {
	const file = fileOf(script?.url ?? "");
	if (file === null || script === undefined) return null;
	return placeInSource(file, script.sourceMapUrl, lineNumber, columnNumber ?? 0) ?? { file, line: lineNumber + 1 };
}

/** The path of a script's name or URL; null where it is no file. */
export function fileOf(url: string): string | null {
	if (url.startsWith("file://")) return fileURLToPath(url);
	return url.startsWith("/") || /^[A-Za-z]:\\/.test(url) ? url : null;
}

const properties = (session: Session, objectId: string): Properties =>
	post(session, "Runtime.getProperties", { objectId, ownProperties: true });

/** The main thread's session answers before it returns. */
function post<Result>(session: Session, method: string, params: object = {}): Result {
	let answer: { error: Error | null; result: unknown } | undefined;
	session.post(method, params, (error, result) => {
		answer = { error, result };
	});
	if (answer === undefined) throw new Error(`the inspector did not answer ${method}`);
	if (answer.error !== null) throw answer.error;
	return answer.result as Result;
}
