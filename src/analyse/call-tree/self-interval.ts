import type { CallTree } from "#src/model/call-tree.js";
import type { FunctionTicks } from "./call-tree.js";
import { sampledTicks } from "./whole-tree.js";

/** 97.5 % of a normal distribution lie below. Written down, as the report's page has this as well and no library of distributions. */
const SURE = 1.959964;

/**
 * The 95 % interval of a function's own ticks, as far as these are counts: n samples, of which so many were in it (Wilson 1927, Journal
 * of the American Statistical Association 22). Null for what is no sample: threads, whose time the kernel measured.
 */
export function selfInterval(
	tree: CallTree,
	{ frame, selfTicks }: Pick<FunctionTicks, "frame" | "selfTicks">,
): readonly [low: number, high: number] | null {
	const samples = sampledTicks(tree);
	if (frame.kind === "threads" || samples === 0) return null;
	const own = Math.min(selfTicks, samples);
	const middle = (own + SURE ** 2 / 2) / (samples + SURE ** 2);
	const half = (SURE / (samples + SURE ** 2)) * Math.sqrt((own * (samples - own)) / samples + SURE ** 2 / 4);
	return [Math.max(0, middle - half) * samples, Math.min(1, middle + half) * samples];
}

/** Whether so many samples are more than so many others for certain (95 %): a difference of counts varies by the root of their sum. */
export const isClearlyMore = (one: number, other: number): boolean => one - other > SURE * Math.sqrt(one + other);
