import { hasPart } from "#src/analyse/threads/part-in-work.js";
import type { IsolateGroup } from "#src/model/isolates.js";
import { answeringAt, portOf } from "#src/target/answering.js";
import { cpuNsOfIsolate } from "#src/target/isolate-time.js";
import { isSameLabel, labelOf } from "#src/target/kind-of-isolate.js";
import type { AgentConnection, RunningTarget } from "#src/target/target.js";

/** Of the busiest one that answers: one with less has no connection. */
const ANSWERS_SHARE = 0.02;

/** Who took part in a window. It asks nobody: the kernel tells what threads use. */
export class IsolateCensus {
	readonly #target: RunningTarget;
	readonly #beganNs = new Map<AgentConnection, number | null>();
	readonly #forget: () => void;

	constructor(target: RunningTarget) {
		this.#target = target;
		for (const agent of target.agents.now()) this.#beganNs.set(agent, cpuNsOfIsolate(agent));
		this.#forget = target.agents.onJoin((agent) => this.#beganNs.set(agent, 0));
	}

	/** What there is to tell of; null where that is one isolate. */
	close(): IsolateGroup[] | null {
		this.#forget();
		const seen = this.#seen();
		const allNs = seen.reduce((sum, { cpuNs }) => sum + (cpuNs ?? 0), 0);
		const told = seen.filter(
			({ label, cpuNs, answers, ended }) =>
				answers || ended || label.kind === "primary" || (cpuNs !== null && hasPart(cpuNs, allNs)),
		);
		return told.length < 2 ? null : grouped(told);
	}

	#seen(): SeenIsolate[] {
		const agents = [...this.#beganNs.keys()];
		const listening = new Set(answeringAt(portOf(this.#target.origin), agents));
		const used = new Map([...this.#beganNs].map(([agent, from]) => [agent, differenceNs(from, cpuNsOfIsolate(agent))]));
		const busiestNs = Math.max(0, ...[...listening].map((agent) => used.get(agent) ?? 0));
		return agents.map((agent) => {
			const cpuNs = used.get(agent) ?? null;
			return {
				label: labelOf(agent, agents),
				cpuNs,
				answers: listening.has(agent) && (cpuNs === null || cpuNs >= ANSWERS_SHARE * busiestNs),
				ended: !agent.connected,
			};
		});
	}
}

interface SeenIsolate {
	readonly label: Pick<IsolateGroup, "kind" | "script">;
	readonly cpuNs: number | null;
	readonly answers: boolean;
	readonly ended: boolean;
}

const differenceNs = (from: number | null, to: number | null): number | null =>
	from === null || to === null ? null : Math.max(0, to - from);

function grouped(seen: readonly SeenIsolate[]): IsolateGroup[] {
	const groups: SeenIsolate[][] = [];
	for (const each of seen) {
		const group = groups.find(([first]) => first !== undefined && isSameLabel(first.label, each.label));
		if (group === undefined) groups.push([each]);
		else group.push(each);
	}
	return groups.map((group) => {
		const known = group.flatMap(({ cpuNs }) => cpuNs ?? []);
		return {
			kind: group[0]?.label.kind ?? "process",
			script: group[0]?.label.script ?? "",
			isolates: group.length,
			answering: group.filter(({ answers }) => answers).length,
			ended: group.filter(({ ended }) => ended).length,
			cpuNs: known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0),
		};
	});
}
