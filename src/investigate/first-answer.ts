import { fewSeconds } from "#src/analyse/findings/few-seconds.js";
import { isHung } from "#src/analyse/findings/measurement.js";
import { collectorFailed } from "#src/analyse/findings/profile.js";
import type { SampledProfile } from "#src/analyse/import/v8/cpu-profile.js";
import { sampledCollected } from "#src/collect/function-sampler.js";
import { messageOf } from "#src/errors.js";
import type { Load } from "#src/model/load.js";
import type { Window } from "#src/model/measurement.js";
import type { EndpointRequest } from "#src/target/endpoint.js";
import type { RunningTarget } from "#src/target/target.js";
import { FIRST_CLEAN_MS, FIRST_COLLECTOR, FIRST_SAMPLED_MS } from "./first-windows.js";
import type { KeepEvidence } from "./found.js";
import type { OpenRun } from "./open-run.js";
import { keepProfile } from "./profile.js";
import { targetHung } from "./unusable-target.js";

/** Unless a longer one is asked for. */
const LONGEST_WARMUP_MS = 3_000;
/** Between two windows of one process, which is warm. */
const BETWEEN_MS = 250;
const SAMPLER = { name: FIRST_COLLECTOR, title: "V8 CPU sampler", seesEveryIsolate: true } as const;

export interface FirstQuestion {
	readonly endpoint: EndpointRequest;
	/** Whether nothing follows. */
	readonly quick: boolean;
	/** Collectors besides V8's sampler. */
	readonly others: readonly string[];
}

/**
 * Where the CPU time goes, as a few seconds tell: a short clean window on a process that nobody samples, and then, as a sampler leaves
 * its traces in what V8 compiles, a short one under V8's sampler on the same process.
 * @returns whether there is a profile; without one the rest of the run stands as well
 * @throws what ended the clean window
 */
export async function firstAnswer(run: OpenRun, question: FirstQuestion, keep: KeepEvidence): Promise<boolean> {
	const { endpoint, quick, others } = question;
	const { plan } = run;
	const folder = run.folder.subfolder(SAMPLER.name);
	const sources = run.world.sourceMaps(folder);
	try {
		const { clean, collected } = await run.withTarget(endpoint, { label: "first" }, async (target) => {
			if (target.agent === null && !quick) throw new NotSampled(null);
			const window = await measureClean(run, target, question, keep);
			try {
				const { measurement, profile } = await sampleFunctions(run, target, question, folder, keep);
				await sources.ask(target);
				return { clean: window, collected: sampledCollected(measurement, profile) };
			} catch (error) {
				throw plan.signal.aborted ? error : new NotSampled(error);
			}
		});
		const subject = { endpoint, spec: plan.target, variant: null, clean };
		await keepProfile(run, SAMPLER, subject, collected, sources, keep);
		keep({
			findings: [fewSeconds(clean, collected.measurement, { asked: quick, windowMs: plan.load.durationMs, others })],
		});
		return true;
	} catch (error) {
		if (plan.signal.aborted || !(error instanceof NotSampled)) throw error;
		// Where more follows, V8's sampler says so itself.
		if (quick) keep({ findings: [collectorFailed(SAMPLER.name, messageOf(error.cause))] });
		return false;
	}
}

/** The clean window stands without it. */
class NotSampled extends Error {
	constructor(override readonly cause: unknown) {
		super("nothing was sampled");
	}
}

async function measureClean(
	run: OpenRun,
	target: RunningTarget,
	{ endpoint, quick }: FirstQuestion,
	keep: KeepEvidence,
): Promise<Window> {
	const { load, say } = run.plan;
	say("first answer: clean load");
	const warmupMaxMs = Math.max(load.warmupMs, Math.min(load.warmupMaxMs, LONGEST_WARMUP_MS));
	const asked = {
		endpoint,
		collector: null,
		load: briefly(load, { durationMs: FIRST_CLEAN_MS, warmupMs: load.warmupMs, warmupMaxMs }),
		light: true,
		namesPoolWork: true,
		savesSeconds: quick,
	};
	const window = await run.measure(target, asked, keep);
	if (isHung(window)) throw targetHung(endpoint, "nothing was profiled");
	return window;
}

async function sampleFunctions(
	run: OpenRun,
	target: RunningTarget,
	{ endpoint, quick }: FirstQuestion,
	folder: string,
	keep: KeepEvidence,
): Promise<{ readonly measurement: Window; readonly profile: SampledProfile | null }> {
	const { load, say } = run.plan;
	say(`first answer: load under ${SAMPLER.title}`);
	const sampler = run.world.functionSamplerOf(target, folder);
	const profiles: (SampledProfile | null)[] = [];
	const asked = {
		endpoint,
		collector: SAMPLER.name,
		load: briefly(load, { durationMs: FIRST_SAMPLED_MS, warmupMs: BETWEEN_MS, warmupMaxMs: BETWEEN_MS }),
		savesSeconds: quick,
		onWindowOpens: () => sampler.cpu.begin(),
		onWindowClosed: async () => void profiles.push(await sampler.cpu.end()),
	};
	const measurement = await run.measure(target, asked, keep);
	return { measurement, profile: profiles[0] ?? null };
}

type Times = Pick<Load, "durationMs" | "warmupMs" | "warmupMaxMs">;

/** Never longer than the run's own window. */
const briefly = (load: Load, times: Times): Load => ({
	...load,
	...times,
	durationMs: Math.min(times.durationMs, load.durationMs),
});
