/** A run that an agent's answer tells of, and how it stands. */
export type AgentRun =
	| { readonly kind: "going"; readonly path: string }
	| { readonly kind: "finished" }
	| { readonly kind: "failed" };

const finished = new Set(["completed", "succeeded", "finished", "done"]);
const failed = new Set(["failed", "error", "cancelled", "canceled", "expired"]);
const ACCEPTED = 202;

/** What an answer says, as far as it matters here. */
export interface AgentAnswer {
	readonly status: number;
	readonly location: string | null;
	/** Parsed; undefined where it is not JSON. */
	readonly body: unknown;
}

/**
 * The run that an answer tells of; null where the answer is a result in itself. A run is an object with a `status`; one
 * without a status is under way where the answer is 202. It is found at the answer's Location, else at its `id` under the
 * path that was asked, else where it was found before.
 *
 * @param askedPath of the first request, where runs are made
 * @param knownPath of the run, if this is not the first answer
 */
export function runOf(answer: AgentAnswer, askedPath: string, knownPath: string | null): AgentRun | null {
	const { id, status: word } = fieldsOf(answer.body);
	if (typeof word === "string" && finished.has(word)) return { kind: "finished" };
	if (typeof word === "string" && failed.has(word)) return { kind: "failed" };
	if (typeof word !== "string" && answer.status !== ACCEPTED) return null;
	const path = knownPath ?? locationPath(answer.location, askedPath) ?? idPath(id, askedPath);
	return path === null ? null : { kind: "going", path };
}

/** The stream of a run's events. */
export function streamPath(runPath: string): string {
	const [path, query] = splitQuery(runPath);
	return `${path}/stream${query}`;
}

function fieldsOf(body: unknown): { readonly id?: unknown; readonly status?: unknown } {
	return typeof body === "object" && body !== null ? body : {};
}

/** Of a Location only the path counts: whatever host it names, the run is where its request was sent. */
function locationPath(location: string | null, askedPath: string): string | null {
	const base = `http://localhost${askedPath}`;
	if (location === null || !URL.canParse(location, base)) return null;
	const { pathname, search } = new URL(location, base);
	return `${pathname}${search}`;
}

function idPath(id: unknown, askedPath: string): string | null {
	if ((typeof id !== "string" && typeof id !== "number") || id === "") return null;
	const [path] = splitQuery(askedPath);
	return `${path.replace(/\/$/, "")}/${encodeURIComponent(id)}`;
}

function splitQuery(path: string): readonly [path: string, query: string] {
	const at = path.indexOf("?");
	return at < 0 ? [path, ""] : [path.slice(0, at), path.slice(at)];
}
