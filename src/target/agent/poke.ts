import { Session } from "node:inspector";

/**
 * A worker thread that is handed one message after the other stays with them: Node takes up to a thousand before the loop turns, and
 * the agent in it does not hear its socket meanwhile. The inspector is let in between two statements. So the main thread has it hand over
 * what the tool has said; the answer leaves by the worker's own socket.
 */

/** Under this name a worker's agent takes a line from the tool. */
const ENTRY = Symbol.for("az-prof.agent");

/** Called in a worker thread. */
export function listenToPokes(receive: (line: string) => void): void {
	Object.defineProperty(globalThis, ENTRY, { value: receive, enumerable: false });
}

interface AttachedToWorker {
	readonly params: { readonly sessionId: string; readonly workerInfo: { readonly workerId: string } };
}

let session: Session | undefined;
/** By Node's id of the thread. */
const sessionIds = new Map<number, string>();

/** Called in the main thread: poke { threadId, line }. */
export function pokeMethods(): Record<string, (params: Record<string, unknown>) => unknown> {
	return { poke };
}

function poke({ threadId, line }: Record<string, unknown>): void {
	session ??= openSession();
	const sessionId = sessionIds.get(Number(threadId));
	if (sessionId === undefined) throw new Error(`there is no worker thread ${threadId}`);
	const expression = `globalThis[Symbol.for(${JSON.stringify(ENTRY.description)})]?.(${JSON.stringify(line)})`;
	const message = JSON.stringify({ id: 1, method: "Runtime.evaluate", params: { expression } });
	session.post("NodeWorker.sendMessageToWorker", { sessionId, message });
}

/** It tells at once of the workers that there are, and later of those that come. */
function openSession(): Session {
	const opened = new Session();
	opened.connect();
	opened.on("NodeWorker.attachedToWorker", ({ params }: AttachedToWorker) => {
		sessionIds.set(Number(params.workerInfo.workerId), params.sessionId);
	});
	opened.post("NodeWorker.enable", { waitForDebuggerOnStart: false });
	return opened;
}
