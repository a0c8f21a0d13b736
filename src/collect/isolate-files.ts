import { rename } from "node:fs/promises";
import { join } from "node:path";
import { hasPart } from "#src/analyse/threads/part-in-work.js";
import { EveryAgent } from "#src/target/every-agent.js";
import { cpuNsOfIsolate } from "#src/target/isolate-time.js";
import { type IsolateLabel, labelOf } from "#src/target/kind-of-isolate.js";
import type { AgentConnection, RunningTarget } from "#src/target/target.js";

/** A profiler within the agent, which leaves a file. */
interface LeavesFile {
	readonly begin: string;
	readonly end: string;
	/** Of both calls, besides the file. */
	readonly params: Readonly<Record<string, unknown>>;
	/** "cpu" and ".cpuprofile" */
	readonly name: string;
	readonly extension: string;
	readonly endTimeoutMs: number;
}

/** What one isolate has left. */
export interface IsolateFile {
	readonly agent: AgentConnection;
	readonly label: IsolateLabel;
	/** In the folder that was given. */
	readonly file: string;
	/** What the agent said of it. */
	readonly value: unknown;
	/** CPU time of the isolate's thread from its begin to its end; null where that is not known. */
	readonly cpuNs: number | null;
}

export interface IsolateFiles {
	readonly files: readonly IsolateFile[];
	/** Isolates that took part and left nothing: they ended without a word. */
	readonly lost: number;
	/** Isolates that did not answer: their loops do not turn. */
	readonly silent: number;
	/** Why, of the first of the silent ones. */
	readonly why: string | null;
}

/** Has a profiler run in every isolate of a target. */
export class IsolateFileProfiler {
	readonly #every: EveryAgent;
	readonly #folder: string;
	readonly #profiler: LeavesFile;
	readonly #beganNs = new Map<AgentConnection, number | null>();

	constructor({ agents }: RunningTarget, folder: string, profiler: LeavesFile) {
		this.#folder = folder;
		this.#profiler = profiler;
		const { begin, end, endTimeoutMs } = profiler;
		this.#every = new EveryAgent(agents, {
			begin,
			end,
			endTimeoutMs,
			params: (agent) => {
				if (!this.#beganNs.has(agent)) this.#beganNs.set(agent, cpuNsOfIsolate(agent));
				return { ...profiler.params, file: join(folder, this.#fileOf(agent)) };
			},
		});
	}

	begin(): Promise<void> {
		return this.#every.begin();
	}

	/** A single file gets the profiler's plain name. */
	async end(): Promise<IsolateFiles> {
		const endedNs = new Map([...this.#beganNs.keys()].map((agent) => [agent, cpuNsOfIsolate(agent)]));
		const watched = await this.#every.end();
		const all = watched.map(({ agent }) => agent);
		const files = watched.flatMap((each): IsolateFile[] => {
			if (each.kind !== "told") return [];
			const { agent, value } = each;
			const [from, to] = [this.#beganNs.get(agent) ?? null, endedNs.get(agent) ?? null];
			const cpuNs = from === null || to === null ? null : to - from;
			return [{ agent, label: labelOf(agent, all), file: this.#fileOf(agent), value, cpuNs }];
		});
		const silent = watched.flatMap((each) => (each.kind === "silent" ? [each.why] : []));
		return {
			files: files.length === 1 ? await this.#withPlainName(files) : files,
			lost: watched.filter(({ kind }) => kind === "lost").length,
			silent: silent.length,
			why: silent[0] ?? null,
		};
	}

	async #withPlainName(files: readonly IsolateFile[]): Promise<IsolateFile[]> {
		const { name, extension } = this.#profiler;
		const plain = `${name}${extension}`;
		return Promise.all(
			files.map(async (each) => {
				await rename(join(this.#folder, each.file), join(this.#folder, plain));
				return { ...each, file: plain };
			}),
		);
	}

	#fileOf({ isolate: { pid, threadId } }: AgentConnection): string {
		const { name, extension } = this.#profiler;
		return `${name}-${pid}${threadId === 0 ? "" : `-thread-${threadId}`}${extension}`;
	}
}

/** Those that worked, by the CPU time of their threads; all where that is not known. */
export function workingOnes(files: readonly IsolateFile[]): IsolateFile[] {
	const allNs = files.reduce((sum, { cpuNs }) => sum + (cpuNs ?? 0), 0);
	return files.filter(({ cpuNs }) => cpuNs === null || hasPart(cpuNs, allNs));
}

/** Listed in a report; the others lie beside them. */
const MOST_LISTED = 8;

/** Files of those that worked, the busiest first. */
export function filesOf({ files }: IsolateFiles, title: string): { title: string; path: string }[] {
	const working = workingOnes(files);
	return working
		.toSorted((a, b) => (b.cpuNs ?? 0) - (a.cpuNs ?? 0))
		.slice(0, MOST_LISTED)
		.map(({ file, label, agent: { isolate } }) => ({
			title: working.length === 1 ? title : `${title}: ${label.kind} ${label.script} ${isolate.pid}`,
			path: file,
		}));
}
