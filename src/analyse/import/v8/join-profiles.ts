import { frameKey } from "#src/analyse/call-tree/call-tree.js";
import type { Frame } from "#src/model/call-tree.js";
import { isIdle, type SampledNode, type SampledProfile } from "./cpu-profile.js";

/** What the sampler saw in one isolate. */
export interface IsolateProfile {
	readonly profile: SampledProfile;
	/** The frame that stands for it and its like. */
	readonly process: Frame;
	/** CPU time of its thread in the window; null where it is not known. */
	readonly cpuNs: number | null;
}

/**
 * The profiles of several isolates as one, in which isolates with an equal frame are one. The sampler of a busy machine misses more in one
 * isolate than in another, so busy ticks are shared out by the CPU time of their threads; their sum stays. An isolate whose CPU
 * time is not known keeps its share of ticks. The window is that of all isolates together.
 */
export function joinProfiles(isolates: readonly IsolateProfile[]): SampledProfile {
	const weights = weightsOf(isolates);
	const joined = new JoinedProfile();
	for (const [index, { profile, process }] of isolates.entries()) joined.add(profile, process, weights[index] ?? 1);
	return { ...joined.build(), windowUs: isolates.reduce((sum, { profile }) => sum + profile.windowUs, 0) };
}

/** By how much the busy ticks of each isolate are multiplied. */
function weightsOf(isolates: readonly IsolateProfile[]): number[] {
	const busy = isolates.map(({ profile }) => busyTicks(profile));
	const known = isolates.map(({ cpuNs }, index) => (cpuNs !== null && (busy[index] ?? 0) > 0 ? cpuNs : null));
	const allNs = sum(known.map((cpuNs) => cpuNs ?? 0));
	const ofKnown = sum(busy.filter((_, index) => known[index] !== null));
	return known.map((cpuNs, index) =>
		cpuNs === null || allNs === 0 ? 1 : ((cpuNs / allNs) * ofKnown) / (busy[index] ?? 1),
	);
}

const busyTicks = ({ nodes }: SampledProfile): number =>
	nodes.reduce((ticks, { frame, selfTicks }) => (isIdle(frame) ? ticks : ticks + selfTicks), 0);

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

class JoinedProfile {
	readonly #nodes: { frame: Frame; parent: number; selfTicks: number; lineTicks: Map<number, number> }[] = [];
	readonly #children: number[][] = [];
	readonly #places = new Map<string, number>();

	add(profile: SampledProfile, process: Frame, weight: number): void {
		const places: number[] = [];
		for (const node of profile.nodes) {
			const caller = places[node.parent];
			const at =
				caller === undefined ? this.#below(this.#below(-1, node.frame), process) : this.#below(caller, node.frame);
			places.push(at);
			this.#addTicks(at, node, isIdle(node.frame) ? 1 : weight);
		}
	}

	build(): Omit<SampledProfile, "windowUs"> {
		return { nodes: this.#nodes, children: this.#children };
	}

	#addTicks(at: number, { selfTicks, lineTicks }: SampledNode, weight: number): void {
		const node = this.#nodes[at];
		if (node === undefined) return;
		node.selfTicks += weight * selfTicks;
		for (const [line, ticks] of lineTicks) node.lineTicks.set(line, (node.lineTicks.get(line) ?? 0) + weight * ticks);
	}

	#below(parent: number, frame: Frame): number {
		const key = `${parent}\0${frameKey(frame)}`;
		const known = this.#places.get(key);
		if (known !== undefined) return known;
		const index = this.#nodes.push({ frame, parent, selfTicks: 0, lineTicks: new Map() }) - 1;
		this.#children.push([]);
		this.#children[parent]?.push(index);
		this.#places.set(key, index);
		return index;
	}
}
