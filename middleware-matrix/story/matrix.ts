import { designFor } from "#matrix/designs/design-for.js";
import { MOST_FACTORS } from "#matrix/designs/factorial.js";
import { groupFactors } from "#matrix/designs/groups.js";
import { screenSelection } from "#matrix/designs/screen.js";
import { environmentFor } from "#matrix/discovery/environment.js";
import { type FoundLayers, findLayers } from "#matrix/discovery/find-layers.js";
import { findingsOfMatrix } from "#matrix/findings/matrix.js";
import { findingsOfMeasurement } from "#src/analyse/findings/measurement.js";
import { cleanFrame } from "#src/investigate/clean-frame.js";
import { Run, type RunOutcome } from "#src/investigate/run.js";
import type { InterleaveClock } from "#src/measure/interleave.js";
import type { Factor, Matrix } from "#src/model/matrix.js";
import type { Measurement } from "#src/model/measurement.js";
import { seededRandom } from "#src/random.js";
import { AbsentVariants } from "./absent-variants.js";
import { estimate } from "./estimates.js";
import type { LiveVariants } from "./live-variants.js";
import { designKindOf, type MatrixPlan } from "./plan.js";
import { profileVariants } from "./profile-variants.js";
import { recordOf, type StageOf } from "./record.js";
import { mostAlive as mostAliveByMemory } from "./side-by-side.js";
import { Stage } from "./stage.js";
import { withEnvironment } from "./switching.js";
import { ToggledVariants } from "./toggled-variants.js";
import { type MeasuredVariant, Variants } from "./variants.js";

const clock: InterleaveClock = { now: () => performance.now() };
/** Of the time, for the first stage of a screen, and for switching the layers the other way as well. */
const SCREENING_SHARE = 1 / 3;
const CHECKING_SHARE = 1 / 4;
/** Factors that a screen measures better. */
const MOST_SELECTED = 4;

type DesignKind = Matrix["design"]["kind"];

/**
 * What does each layer cost? The layers are found, or named by the user; every variant of the design is measured interleaved with
 * the others, in fresh processes again and again; then those that matter are profiled.
 */
export const investigateMatrix = (plan: MatrixPlan): Promise<RunOutcome> =>
	Run.tell(plan, async (run) => {
		const found = await findLayers(run, plan);
		await new MatrixStory(run, plan, found).tell();
	});

class MatrixStory {
	readonly #run: Run;
	readonly #plan: MatrixPlan;
	readonly #found: FoundLayers;
	readonly #variants: Variants;
	readonly #stages: StageOf[] = [];
	/** Its variants are not those of the run. */
	#checked: Stage | null = null;
	readonly #beganMs = clock.now();
	readonly #startedAt = new Date();
	#finished = false;

	constructor(run: Run, plan: MatrixPlan, found: FoundLayers) {
		this.#run = run;
		this.#plan = plan;
		this.#found = found;
		this.#variants = new Variants(found.factors);
	}

	async tell(): Promise<void> {
		const { record } = this.#run;
		try {
			try {
				await this.#measure();
				this.#finished = true;
			} finally {
				this.#save();
				this.#run.note(...record.measurements.flatMap(findingsOfMeasurement));
			}
			await profileVariants(this.#run, this.#plan, this.#found, this.#variants.list);
		} finally {
			if (record.matrix !== null) this.#run.note(...findingsOfMatrix(record.matrix));
		}
	}

	async #measure(): Promise<void> {
		const { design, checkToggled, quick } = this.#plan;
		const { factors } = this.#found;
		const live = quick ? this.#toggled() : this.#absent();
		const withinMs = design.withinMs * (checkToggled ? 1 - CHECKING_SHARE : 1);
		const kind = designKindOf(this.#plan, factors.length);
		if (kind === "screen") await this.#screen(live, withinMs);
		else await this.#stage(groupedFor(kind, factors), live, kind, withinMs);
		if (checkToggled) await this.#check(design.withinMs * CHECKING_SHARE);
	}

	/** Finds the few that matter by a fraction of all combinations, then measures those better. */
	async #screen(live: LiveVariants, withinMs: number): Promise<void> {
		const first = groupedFor("screen", this.#found.factors);
		const stage = await this.#stage(first, live, "screen", withinMs * SCREENING_SHARE);
		const ofCpu = estimate(stage, this.#plan.design).effects.filter(({ metric }) => metric === "cpu");
		const selected = screenSelection(ofCpu, MOST_SELECTED);
		const layers = new Set(first.filter(({ name }) => selected.includes(name)).flatMap((factor) => factor.layers));
		const second = this.#found.factors.filter((factor) => factor.layers.some((id) => layers.has(id)));
		if (second.length > 0) await this.#stage(second, live, "one-at-a-time", withinMs * (1 - SCREENING_SHARE));
	}

	async #stage(factors: readonly Factor[], live: LiveVariants, kind: DesignKind, withinMs: number): Promise<Stage> {
		const stage = this.#open(factors, live, kind, this.#variants);
		this.#stages.push({ stage, factors });
		await stage.measure(withinMs, () => this.#save());
		return stage;
	}

	/** The same layers, switched in one process, to be held against the absent ones. */
	async #check(withinMs: number): Promise<void> {
		const { factors } = this.#found;
		const stage = this.#open(factors, this.#toggled(), "one-at-a-time", new Variants(factors));
		this.#checked = stage;
		await stage.measure(withinMs, () => this.#save());
	}

	#open(factors: readonly Factor[], live: LiveVariants, kind: DesignKind, variants: Variants): Stage {
		const { design } = this.#plan;
		const cells = designFor({ kind, factors: factors.map(({ name }) => name), leaveOneOut: design.leaveOneOut });
		return new Stage(cells, variants.ofDesign(cells, factors), {
			run: this.#run,
			plan: this.#plan,
			live,
			clock,
			random: seededRandom(design.seed),
		});
	}

	#absent(): AbsentVariants {
		const { switching, residentBytes } = this.#found;
		const { mostAlive, semiSpaceMiB } = this.#plan.design;
		const most = mostAlive ?? mostAliveByMemory(residentBytes, semiSpaceMiB);
		return new AbsentVariants(this.#run, this.#plan, switching, most);
	}

	#toggled(): ToggledVariants {
		const spec = withEnvironment(this.#plan.target, environmentFor({ mode: "toggle" }));
		return new ToggledVariants(this.#run, this.#plan, spec, this.#found.whole);
	}

	/** Writes what is known by now into the record. */
	#save(): void {
		const { record } = this.#run;
		const measured = this.#variants.list.filter(({ sets }) => sets.length > 0);
		const measurements = measured.map((variant) => this.#measurementOf(variant));
		record.measurements = measurements;
		record.matrix = recordOf({
			plan: this.#plan,
			found: this.#found,
			stages: this.#stages,
			checked: this.#checked,
			variants: this.#variants.list,
			beganMs: this.#beganMs,
			nowMs: clock.now(),
			measurementIds: new Map(measurements.map(({ variant, id }) => [variant ?? "", id])),
		});
		this.#run.save();
	}

	#measurementOf({ name, tally, sets, cpuSource, processes }: MeasuredVariant): Measurement {
		return tally.measurement({
			variant: 0,
			sets,
			pinnedCpus: this.#run.cpus.generator,
			cpuSource,
			processes,
			frame: cleanFrame(name, this.#plan, this.#startedAt, !this.#finished),
		});
	}
}

/** Factors as the design takes them: neighbours are grouped where there are too many for it. */
function groupedFor(kind: DesignKind, factors: readonly Factor[]): readonly Factor[] {
	if (kind === "one-at-a-time" || factors.length <= MOST_FACTORS) return factors;
	const groups = groupFactors(
		factors.map(({ name }) => name),
		MOST_FACTORS,
	);
	return groups.map(({ name, members }) => ({
		name,
		layers: factors.filter((factor) => members.includes(factor.name)).flatMap(({ layers }) => layers),
	}));
}
