import { setTimeout as sleep } from "node:timers/promises";
import { KnownError } from "#src/errors.js";
import { livingTree } from "#src/process/child.js";
import type { AgentPeer } from "./agent-peer.js";
import type { ControlSocket } from "./control-socket.js";
import { debuggerFlagsOf } from "./debugger-port.js";
import { listenersAmong, type PortOf } from "./listening-ports.js";

/** Where a target listens. */
export interface Listener {
	readonly port: number;
	/** The process; its agent, where it carries one. */
	readonly pid: number;
	readonly peer: AgentPeer | undefined;
}

const UNREAD_WORDS_MS = 50;
const ASK_MS = 500;

/**
 * Looks for the server in what a command has started, in two ways at once: its agents tell where they listen, and /proc shows
 * where anything else does (a server that is not Node behind a launcher that is, one past the agent). What is found first is it.
 */
export class ListenerSearch {
	readonly #started: number;
	readonly #control: ControlSocket;
	readonly #wantedPort: number | null;

	/** @param started the command's process @param wantedPort null: any */
	constructor(started: number, control: ControlSocket, wantedPort: number | null) {
		this.#started = started;
		this.#control = control;
		this.#wantedPort = wantedPort;
	}

	/** Undefined where there is none by now. @throws KnownError TARGET_SILENT where there will not be one */
	async look(): Promise<Listener | undefined> {
		const told = this.#control.listener(this.#wantedPort);
		if (told !== undefined || this.#listening().length === 0) return told;
		// After a pause of ours, what an agent has said by now may still lie unread; a poll of /proc must not overtake it.
		await sleep(UNREAD_WORDS_MS);
		const late = this.#control.listener(this.#wantedPort);
		if (late !== undefined) return late;
		for (const each of this.#listening()) {
			if (!(await this.#isDebugger(each))) return { ...each, peer: this.#control.agentOf(each.pid) };
		}
		return undefined;
	}

	/** The ports that are listened on beside this one, lowest first. */
	async others({ port }: Pick<Listener, "port">): Promise<number[]> {
		const others: number[] = [];
		for (const each of listenersAmong(livingTree(this.#started))) {
			if (each.port !== port && !(await this.#isDebugger(each))) others.push(each.port);
		}
		return others;
	}

	#listening(): PortOf[] {
		return listenersAmong(livingTree(this.#started)).filter(
			({ port }) => this.#wantedPort === null || port === this.#wantedPort,
		);
	}

	/** @throws KnownError TARGET_SILENT where the process waits for one */
	async #isDebugger({ port, pid }: PortOf): Promise<boolean> {
		const agent = this.#control.agentOf(pid);
		if (agent !== undefined) {
			if (this.#control.listener(port) !== undefined) return false;
			return (await agent.call("debuggerPort", {}, ASK_MS).catch(() => null)) === port;
		}
		const flags = debuggerFlagsOf(pid);
		if (flags === null || (flags.port !== "any" && flags.port !== port)) return false;
		if (flags.waits) throw waiting(port);
		return true;
	}
}

const waiting = (port: number): KnownError =>
	new KnownError({
		code: "TARGET_SILENT",
		what: `the target waits for a debugger on port ${port} before it starts`,
		fix: "leave --inspect-brk (or --inspect-wait) out of its command and of NODE_OPTIONS",
	});
