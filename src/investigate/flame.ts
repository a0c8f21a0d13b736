import { isHung } from "#src/analyse/findings/measurement.js";
import type { Collector } from "#src/collect/collector.js";
import type { Load } from "#src/model/load.js";
import type { FlameRun } from "#src/model/run.js";
import { type EndpointRequest, endpointName } from "#src/target/endpoint.js";
import { firstAnswer } from "./first-answer.js";
import { FIRST_CLEAN_MS, FIRST_COLLECTOR } from "./first-windows.js";
import type { KeepEvidence } from "./found.js";
import { agreementsOf, type Profiled, profile } from "./profile.js";
import { refined } from "./refined.js";
import { type RunOutcome, type RunPlan, type RunSoFar, tellRun } from "./run.js";
import { targetHung } from "./unusable-target.js";
import type { World } from "./world.js";

export interface FlamePlan extends RunPlan {
	readonly endpoint: EndpointRequest;
	readonly collectors: readonly Collector[];
	/** Whether the first answer, which is V8's, is all that is asked for. */
	readonly quick: boolean;
	/** Null where nobody waits for a first answer: then there is none. */
	readonly answered: AnswerListener | null;
}

/**
 * Told the answer as it is by now, when there is one and nothing is being measured.
 * @param nextWithinMs when there should be more
 */
export type AnswerListener = (soFar: RunSoFar<FlameRun>, nextWithinMs: number) => Promise<void>;

/**
 * Where does the CPU time of an endpoint go? A first answer by a few seconds; then a clean load, for the percentiles, and the same load
 * once more under each collector, every one in a process of its own; at last how far the profiles agree.
 */
export const investigateFlame = (plan: FlamePlan, world: World): Promise<RunOutcome<FlameRun>> =>
	tellRun(
		plan,
		world,
		"flame",
		{ measurements: [], profiles: [], agreements: [], findings: [] },
		async (run, ledger, soFar) => {
			const { endpoint, collectors, quick } = plan;
			const others = collectors.map(({ name }) => name).filter((name) => name !== FIRST_COLLECTOR);
			const keep: KeepEvidence = (part) => ledger.keep(refined(ledger.now, part));
			const tell = async (nextMs: number): Promise<void> => {
				if (ledger.now.profiles.length > 0) await plan.answered?.(soFar(), nextMs);
			};
			if (quick || isWorthwhile(plan)) {
				await firstAnswer(run, { endpoint, quick, others }, keep);
				if (quick) return;
				await tell(windowWithinMs(plan.load));
			}
			const clean = await run.withTarget(endpoint, { label: "clean" }, (target) => {
				plan.say(`clean load on ${endpointName(endpoint)}`);
				return run.measure(target, { endpoint, collector: null, light: true, namesPoolWork: true }, keep);
			});
			if (isHung(clean)) throw targetHung(endpoint, "nothing was profiled");
			const subject = { endpoint, spec: plan.target, variant: null, clean };
			const profiled: Profiled[] = [];
			for (const collector of collectors) {
				await tell(WINDOWS_OF_COLLECTOR * windowWithinMs(plan.load));
				const brought = await profile(run, collector, subject, keep);
				if (brought !== null) profiled.push(brought);
			}
			ledger.keep({ agreements: agreementsOf(profiled) });
		},
	);

/** Somebody waits for it, the target can carry the agent, and a whole run takes clearly longer. */
const isWorthwhile = ({ answered, collectors, target, load }: FlamePlan): boolean =>
	answered !== null &&
	collectors.some(({ name }) => name === FIRST_COLLECTOR) &&
	target.kind !== "url" &&
	load.durationMs > FIRST_CLEAN_MS;

/** A start, and what comes behind a window. */
const AROUND_WINDOW_MS = 5_000;
const WINDOWS_OF_COLLECTOR = 2;

const windowWithinMs = ({ warmupMaxMs, durationMs }: Load): number => AROUND_WINDOW_MS + warmupMaxMs + durationMs;
