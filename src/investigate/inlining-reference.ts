import type { InliningReference } from "#src/analyse/inlining/inlined-frames.js";
import type { OpenRun } from "./open-run.js";
import { contextFor, type Subject } from "./profile.js";

/**
 * Who calls whom on which lines in a target that inlines nothing: by that, functions which V8 had inlined are put back. Null where it
 * cannot be had. Takes a start, a warm-up and a window.
 */
export async function inliningReference(
	run: OpenRun,
	subject: Omit<Subject, "clean">,
	folder: string,
): Promise<InliningReference | null> {
	const { sampleWithoutInlining, v8Cpu } = await import("#src/collect/v8-cpu.js");
	const its = { whose: `${subject.variant}: `, folder, sources: run.world.sourceMaps(folder), keep: () => {} };
	const reference = await sampleWithoutInlining(contextFor(run, v8Cpu, subject, its));
	return "failure" in reference ? null : reference;
}
