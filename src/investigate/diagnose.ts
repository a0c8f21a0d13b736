import { accountOf, clearestMetric, leadOf, metricToTakeBack } from "#src/analyse/comparison/lead.js";
import { nextStep } from "#src/analyse/diagnosis/next-trial.js";
import { partsOf } from "#src/analyse/diagnosis/parts.js";
import { rankSuspects } from "#src/analyse/diagnosis/rank-suspects.js";
import { alphaOfTrial, type TrialRules } from "#src/analyse/diagnosis/taken-back.js";
import { KnownError, messageOf } from "#src/errors.js";
import type { Comparison, MetricName } from "#src/model/comparison.js";
import type { Diagnosis, DiagnosisEnding, Trial } from "#src/model/diagnosis.js";
import type { Slices } from "#src/model/measurement.js";
import type { DiagnoseRun } from "#src/model/run.js";
import type { HeadWithout } from "#src/sides/head-without.js";
import type { OpenSides } from "#src/sides/side-request.js";
import { type ComparePlan, comparedWith, findingsNow, profileSides, withSides } from "./compare.js";
import type { Compared } from "./compare-sides.js";
import type { Ledger } from "./found.js";
import type { OpenRun } from "./open-run.js";
import { type RunOutcome, tellRun } from "./run.js";
import { type Turned, takeBack } from "./take-back.js";
import type { World } from "./world.js";

export interface DiagnosePlan extends Omit<ComparePlan, "profilesAnyway"> {
	/** For everything together. */
	readonly withinMs: number;
}

/** Of all the time, for the verdict at most. */
const VERDICT_SHARE = 0.4;
/** Of what is left, for a proof and for a step of a search at most. */
const PROOF_SHARE = 0.8;
const SEARCH_SHARE = 0.3;
/** In less a trial is not begun: three starts and their warm-up take that long. */
const SHORTEST_TRIAL_MS = 8_000;
/** Of the start and the warm-up under a profiler, beside its window. */
const PROFILE_REST_MS = 2_500;
/** Which half it is in may be wrong more often than the proof. */
const SEARCH_ALPHA = 0.1;

const nothingYet = (withinMs: number): Diagnosis => ({
	withinMs,
	metric: null,
	parts: null,
	suspects: [],
	unread: [],
	trials: [],
	culprits: [],
	ending: null,
});

/**
 * Why did it get slower, or faster? The verdict first; then what differs between the sides, the most suspect first; then one after the
 * other is taken back on head, and measured beside both, until the difference is gone with one of them.
 */
export const investigateDiagnosis = (plan: DiagnosePlan, world: World): Promise<RunOutcome<DiagnoseRun>> =>
	tellRun(
		plan,
		world,
		"diagnose",
		{ measurements: [], profiles: [], comparison: null, diagnosis: nothingYet(plan.withinMs), findings: [] },
		(run, ledger) => withSides(run, plan.sides, (opened) => new Diagnosing(run, plan, opened, ledger).diagnose()),
	);

class Diagnosing {
	readonly #beganMs: number;

	constructor(
		readonly run: OpenRun,
		readonly plan: DiagnosePlan,
		readonly opened: OpenSides,
		readonly ledger: Ledger<"diagnose">,
	) {
		this.#beganMs = run.world.now();
	}

	async diagnose(): Promise<void> {
		const { run, ledger, opened } = this;
		ledger.append({ findings: opened.notes });
		const compared = await this.#compared();
		const { verdict } = compared.comparison;
		const metric = metricToTakeBack(compared.comparison);
		if ((verdict !== "regressed" && verdict !== "improved") || metric === null) {
			this.#keep({ ending: "nothing to explain" });
			return;
		}
		run.plan.say(`${verdict}; looking at what differs`);
		const { differences, unread } = await opened.differences();
		run.plan.signal.throwIfAborted();
		const lead = leadOf(compared.comparison);
		const isWaiting = lead !== undefined && accountOf(compared.comparison, lead)?.kind === "waiting";
		const suspects = rankSuspects(differences, compared.evidence, opened.roots, { direction: verdict, isWaiting });
		const parts = compared.evidence === null ? null : partsOf(compared.evidence.sampled);
		this.#keep({ metric, parts, suspects, unread });
		this.#keep({ ending: await this.#prove(compared, metric) });
		await profileSides(run, this.plan, opened, compared, ledger.append);
	}

	async #compared(): Promise<Compared> {
		const { run, plan, opened, ledger } = this;
		const design = { ...plan.design, explains: true, withinMs: plan.withinMs * VERDICT_SHARE };
		return comparedWith(run, { ...plan, design }, opened, ({ comparison, slices }) =>
			ledger.keep({ comparison, measurements: slices }),
		).finally(() => {
			ledger.append({ findings: findingsNow(run, ledger.now.comparison, ledger.now.measurements) });
		});
	}

	async #prove(compared: Compared, metric: MetricName): Promise<DiagnosisEnding> {
		const { ledger } = this;
		const clearest = clearestMetric(compared.comparison) ?? metric;
		const metrics = {
			proof: [metric, ...changedBeside(compared.comparison, metric)],
			// Which half it is in is asked in whatever tells the sides apart soonest.
			search: [clearest],
		};
		for (;;) {
			const { suspects, trials } = ledger.now.diagnosis;
			if (suspects.length === 0) return "nothing differs";
			const step = nextStep(suspects, trials);
			if (step.kind === "proved") {
				this.#keep({ culprits: step.culprits });
				return "proved";
			}
			if (step.kind === "exhausted") return "not proved";
			const withinMs = this.#leftMs() * (step.aim === "proof" ? PROOF_SHARE : SEARCH_SHARE);
			if (withinMs < SHORTEST_TRIAL_MS) return "time";
			const proofs = trials.filter(({ aim }) => aim === "proof").length;
			const alpha = step.aim === "proof" ? alphaOfTrial(this.plan.design.alpha, proofs) : SEARCH_ALPHA;
			await this.#try(
				{ without: step.without, aim: step.aim, alpha },
				{ metrics: metrics[step.aim], clearest, alpha },
				withinMs,
			);
		}
	}

	/** One trial, which is told after each of its sets. */
	async #try(asked: Pick<Trial, "without" | "aim" | "alpha">, rules: TrialRules, withinMs: number): Promise<void> {
		const { run, plan, opened, ledger } = this;
		const beganMs = run.world.now();
		const { trials } = ledger.now.diagnosis;
		const before = ledger.now.measurements;
		const tell = ({ outcome, reason, takenBack }: Pick<Turned, "outcome" | "reason" | "takenBack">): void => {
			const elapsedMs = run.world.now() - beganMs;
			this.#keep({ trials: [...trials, { ...asked, outcome, reason, takenBack, elapsedMs }] });
		};
		const name = `head without ${briefly(asked.without, trials.length + 1)}`;
		run.plan.say(`${name}: taking it back`);
		const made = await this.#headWithout(asked.without);
		if ("reason" in made) return tell({ outcome: "not applied", reason: made.reason, takenBack: [] });
		const keepSlices = (slices: readonly Slices[]): void => {
			// A search is told by its shares alone; a proof by its percentiles as well.
			if (asked.aim === "proof") ledger.keep({ measurements: [...before, ...slices] });
		};
		try {
			const turned = await takeBack(
				run,
				{
					...{
						endpoint: plan.endpoint,
						timeoutMs: plan.load.timeoutMs,
						sides: opened.sides,
						name,
						withinMs,
						isProof: asked.aim === "proof",
					},
					...{ without: made.side, design: plan.design, rules },
				},
				(soFar) => {
					tell(soFar);
					keepSlices(soFar.slices);
				},
			);
			tell(turned);
			keepSlices(turned.slices);
		} finally {
			await made.close();
		}
	}

	async #headWithout(ids: readonly string[]): Promise<HeadWithout | { readonly reason: string }> {
		try {
			return await this.opened.headWithout(ids);
		} catch (error) {
			this.run.plan.signal.throwIfAborted();
			// A full disk is no property of a suspect.
			if (!(error instanceof KnownError) || error.code === "RUN_FOLDER") throw error;
			return { reason: messageOf(error) };
		}
	}

	/** Of the time for everything, less that for the profiles. */
	#leftMs(): number {
		const { collectors, load, withinMs } = this.plan;
		const profilesMs = 2 * collectors.length * (load.durationMs + PROFILE_REST_MS);
		return withinMs - profilesMs - (this.run.world.now() - this.#beganMs);
	}

	#keep(parts: Partial<Diagnosis>): void {
		this.ledger.keep({ diagnosis: { ...this.ledger.now.diagnosis, ...parts } });
	}
}

/** Names of files are made of it. */
const MOST_IDS = 3;
const briefly = (ids: readonly string[], trial: number): string =>
	ids.length <= MOST_IDS ? ids.join(", ") : `${ids.length} parts, trial ${trial}`;

/** Other metrics that carry the verdict. */
const changedBeside = ({ effects, verdict }: Comparison, metric: MetricName): MetricName[] =>
	effects
		.filter((each) => each.judged && each.verdict === verdict && each.metric !== metric)
		.map((each) => each.metric);
