import * as z from "zod";
import { CallTreeBuilder } from "#src/analyse/call-tree/call-tree.js";
import { frameOf, frameOfCode } from "#src/analyse/import/zero-x/frames.js";
import type { CallTree, Frame, TickCounts } from "#src/model/call-tree.js";

const samplesSchema = z.array(z.array(z.object({ name: z.string(), type: z.string(), kind: z.string().optional() })));

/** Waiting for something to do, which is not CPU time. */
const waiting = /^(epoll_p?wait|kevent|__GI_epoll)/;
const nobody = frameOf("(unknown)", "unknown");

/**
 * The call tree of clinic flame's samples: ticks of V8's log as its 0x has cut them, outermost frame first. They carry no
 * time, so they are of the target's whole life.
 * @throws Error where there is no tick or the shape is another
 */
export function flameCallTree(json: unknown): { tree: CallTree; ticks: TickCounts } {
	const samples = samplesSchema.parse(json);
	if (samples.length === 0) throw new Error("it has no samples");
	const builder = new CallTreeBuilder();
	let idle = 0;
	let unknown = 0;
	for (const stack of samples) {
		const leaf = stack.at(-1);
		if (leaf === undefined) {
			unknown += 1;
			builder.addStack([nobody], 1);
		} else if (waiting.test(leaf.name)) idle += 1;
		else builder.addStack(stack.map(frameOfSample), 1);
	}
	const total = samples.length;
	return {
		tree: builder.build(),
		ticks: { total, idle, busy: total - idle, garbageCollector: 0, unknown, lost: 0, ambiguous: 0, putBack: 0 },
	};
}

const frameOfSample = ({ name, type, kind }: z.infer<typeof samplesSchema>[number][number]): Frame =>
	frameOfCode({ name, type, kind });
