import type { SampledFunctions } from "#src/analyse/comparison/functions/cost-series.js";
import { mean } from "#src/analyse/comparison/robust.js";
import type { CostPart } from "#src/model/diagnosis.js";
import { costOf } from "./costs-below.js";

/** The others are one part. */
const MOST_PARTS = 12;

/**
 * In whose code a request costs more or less: the application, each package, Node, V8, its collector. They add up to the whole difference
 * in CPU of the threads that are sampled, as each set's samples are worth its CPU. The largest difference first.
 */
export function partsOf({ functions, perTick }: SampledFunctions): CostPart[] {
	const groups = new Map<string, CostRow>();
	for (const { frame, ticks } of functions) {
		const key = frame.package ?? frame.kind;
		const row = groups.get(key) ?? { kind: frame.kind, package: frame.package, base: [], head: [] };
		groups.set(key, row);
		for (const side of ["base", "head"] as const) {
			for (const [set, count] of ticks[side].entries()) {
				row[side][set] = (row[side][set] ?? 0) + count * (perTick[side][set] ?? 0);
			}
		}
	}
	const rows = [...groups.values()].toSorted((a, b) => Math.abs(differenceOf(b)) - Math.abs(differenceOf(a)));
	const rest = rows.slice(MOST_PARTS);
	const parts = rest.length < 2 ? rows : [...rows.slice(0, MOST_PARTS), rest.reduce(together)];
	return parts.flatMap((row) => {
		const cost = costOf(
			row.head.map((head, set) => head - (row.base[set] ?? 0)),
			parts.length,
		);
		const { kind, package: name } = row;
		return cost === null ? [] : [{ kind, package: name, baseNs: mean(row.base), headNs: mean(row.head), ...cost }];
	});
}

/** Nanoseconds a request, set by set. */
interface CostRow extends Pick<CostPart, "kind" | "package"> {
	readonly base: number[];
	readonly head: number[];
}

const differenceOf = ({ base, head }: CostRow): number => mean(head) - mean(base);

const together = (a: CostRow, b: CostRow): CostRow => ({
	kind: null,
	package: null,
	base: a.base.map((value, set) => value + (b.base[set] ?? 0)),
	head: a.head.map((value, set) => value + (b.head[set] ?? 0)),
});
