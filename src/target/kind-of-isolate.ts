import { basename } from "node:path";
import type { IsolateKind } from "#src/model/isolates.js";
import { isPrimary } from "./answering.js";
import type { AgentConnection } from "./target.js";

/** What tells isolates apart that do different work. */
export interface IsolateLabel {
	readonly kind: IsolateKind;
	/** The name of the file that it runs, without its folder. */
	readonly script: string;
}

/** @param all agents of the same target: a primary is known by its workers */
export const labelOf = (agent: AgentConnection, all: readonly AgentConnection[]): IsolateLabel => ({
	kind: isPrimary(agent, all) ? "primary" : agent.isolate.kind,
	script: basename(agent.isolate.script),
});

/** Of those that do the same work one; those that would not answer are left out. */
export function oneOfEachKind(agents: readonly AgentConnection[]): AgentConnection[] {
	const labels = agents.map((agent) => labelOf(agent, agents));
	const asked: { readonly agent: AgentConnection; readonly label: IsolateLabel }[] = [];
	for (const [index, agent] of agents.entries()) {
		const label = labels[index];
		if (label === undefined || !agent.connected || agent.isStuck) continue;
		if (!asked.some((each) => isSameLabel(each.label, label))) asked.push({ agent, label });
	}
	return asked.map(({ agent }) => agent);
}

export const isSameLabel = (a: IsolateLabel, b: IsolateLabel): boolean => a.kind === b.kind && a.script === b.script;
