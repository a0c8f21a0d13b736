import * as z from "zod";
import { processFrame } from "#src/analyse/call-tree/processes.js";
import { parseCpuProfile, type SampledProfile } from "#src/analyse/import/v8/cpu-profile.js";
import type { HeapProfile, IsolateHeap } from "#src/analyse/import/v8/heap-profile.js";
import { type IsolateProfile, joinProfiles } from "#src/analyse/import/v8/join-profiles.js";
import { type IsolateFile, type IsolateFiles, workingOnes } from "./isolate-files.js";
import { readProfile } from "./profile-file.js";

const windowSchema = z.object({ samples: z.number() });

/**
 * The CPU profiles that the isolates of a target have left, as one; null where there is no sample in them. They are read one after the
 * other, so that many large files are never in memory together.
 */
export async function joinedProfile(
	folder: string,
	{ files }: IsolateFiles,
): Promise<{ readonly profile: SampledProfile; readonly windowUs: number } | null> {
	const isolates: IsolateProfile[] = [];
	for (const { file, label, cpuNs, value } of workingOnes(files)) {
		if ((windowSchema.safeParse(value).data?.samples ?? 0) === 0) continue;
		const profile = parseCpuProfile(await readProfile(folder, file));
		isolates.push({ profile, process: processFrame(label.kind, label.script), cpuNs });
	}
	const [first] = isolates;
	if (first === undefined) return null;
	return {
		profile: isolates.length === 1 ? first.profile : joinProfiles(isolates),
		windowUs: Math.max(...isolates.map(({ profile }) => profile.windowUs)),
	};
}

/** The heap profiles that isolates have left, one after the other, so that many large files are never in memory as text together. */
export async function isolateHeaps<Profile extends HeapProfile>(
	folder: string,
	files: readonly IsolateFile[],
	parse: (json: unknown) => Profile,
): Promise<IsolateHeap<Profile>[]> {
	const isolates: IsolateHeap<Profile>[] = [];
	for (const { file, label } of files) {
		const process = files.length === 1 ? null : processFrame(label.kind, label.script);
		isolates.push({ profile: parse(await readProfile(folder, file)), process });
	}
	return isolates;
}
