import { designFor } from "#matrix/designs/design-for.js";
import { MOST_FACTORS } from "#matrix/designs/factorial.js";
import { groupFactors } from "#matrix/designs/groups.js";
import { screenSelection } from "#matrix/designs/screen.js";
import { environmentFor } from "#matrix/discovery/environment.js";
import type { FoundLayers } from "#matrix/discovery/find-layers.js";
import { withEnvironment } from "#matrix/discovery/without-layers.js";
import { effectsOfDesign } from "#matrix/effects/effects-of-design.js";
import { KnownError } from "#src/errors.js";
import type { OpenRun } from "#src/investigate/open-run.js";
import type { Factor, Matrix } from "#src/model/matrix.js";
import type { Slices } from "#src/model/measurement.js";
import { endpointName } from "#src/target/endpoint.js";
import { matrixOf } from "./matrix-record.js";
import { measureDesign } from "./measure-design.js";
import { evidenceOf, type MeasuredDesign, openDesign } from "./measured-design.js";
import { OneProcess } from "./one-process.js";
import { designKindOf, type MatrixPlan } from "./plan.js";
import { ProcessEach } from "./process-each.js";
import { mostAlive } from "./processes-in-memory.js";
import type { MeasuredLayers } from "./profile-variants.js";
import type { StartVariants } from "./start-variants.js";
import { type MeasuredVariant, Variants, whyFailed } from "./variant.js";
import { slicesOf } from "./variant-slices.js";

/** Of the time, for the first design of a screen, and for switching the layers the other way as well. */
const SCREENING_SHARE = 1 / 3;
const CHECKING_SHARE = 1 / 4;
/** Factors that a screen measures better. */
const MOST_SELECTED = 4;

type DesignKind = Matrix["design"]["kind"];

/** What is known of layers by now. */
export interface LayersSoFar {
	readonly matrix: Matrix | null;
	readonly measurements: readonly Slices[];
}

/** Measures every variant of the design interleaved with the others, in fresh processes again and again. */
export class LayerMeasuring {
	readonly #run: OpenRun;
	readonly #plan: MatrixPlan;
	readonly #found: FoundLayers;
	readonly #withinMs: number;
	readonly #keep: (soFar: LayersSoFar) => void;
	readonly #variants: Variants;
	readonly #designs: MeasuredDesign[] = [];
	/** Its variants are not those of the run. */
	#toggled: MeasuredDesign | null = null;
	readonly #beganMs: number;
	readonly #startedAt: Date;
	#finished = false;

	/**
	 * @param withinMs for all sets; the fewest that say anything are measured in any case
	 * @param keep is handed what is known after every set, and at last when it ends, however it does
	 */
	constructor(
		run: OpenRun,
		plan: MatrixPlan,
		found: FoundLayers,
		withinMs: number,
		keep: (soFar: LayersSoFar) => void,
	) {
		this.#run = run;
		this.#plan = plan;
		this.#found = found;
		this.#withinMs = withinMs;
		this.#keep = keep;
		this.#variants = new Variants(found.factors);
		this.#beganMs = run.world.now();
		this.#startedAt = run.world.date();
	}

	/** @throws what made going on senseless; what was measured by then was handed over */
	async measure(): Promise<MeasuredLayers> {
		const { matrix, measurements } = await this.#measureDesigns().then(
			() => {
				this.#finished = true;
				return this.#keepSoFar();
			},
			(error) => {
				this.#keepSoFar();
				throw error;
			},
		);
		if (matrix === null) throw this.#nothingBesidesBare();
		return { matrix, slices: measurements, variants: this.#variants.list };
	}

	async #measureDesigns(): Promise<void> {
		const { checkToggled, quick } = this.#plan;
		const { factors } = this.#found;
		const starting = quick ? this.#oneProcess() : this.#processEach();
		const withinMs = this.#withinMs * (checkToggled ? 1 - CHECKING_SHARE : 1);
		const kind = designKindOf(this.#plan, factors.length);
		if (kind === "screen") await this.#screen(starting, withinMs);
		else await this.#measureOne(groupedFor(kind, factors), starting, kind, withinMs);
		if (checkToggled) await this.#check(this.#withinMs * CHECKING_SHARE);
	}

	/** Finds the few that matter by a fraction of all combinations, then measures those better. */
	async #screen(starting: StartVariants, withinMs: number): Promise<void> {
		const first = groupedFor("screen", this.#found.factors);
		const measured = await this.#measureOne(first, starting, "screen", withinMs * SCREENING_SHARE);
		const { effects } = effectsOfDesign(evidenceOf(measured), this.#plan.design);
		const selected = screenSelection(
			effects.filter(({ metric }) => metric === "cpu" || metric === "p50"),
			MOST_SELECTED,
		);
		const layers = new Set(first.filter(({ name }) => selected.includes(name)).flatMap((factor) => factor.layers));
		const second = this.#found.factors.filter((factor) => factor.layers.some((id) => layers.has(id)));
		if (second.length === 0) return;
		await this.#measureOne(second, starting, "one-at-a-time", withinMs * (1 - SCREENING_SHARE));
	}

	async #measureOne(
		factors: readonly Factor[],
		starting: StartVariants,
		kind: DesignKind,
		withinMs: number,
	): Promise<MeasuredDesign> {
		const measured = this.#open(factors, starting, kind, this.#variants);
		this.#designs.push(measured);
		await this.#go(measured, starting, withinMs);
		return measured;
	}

	/** The same layers, switched in one process, to be held against those that are left out. */
	async #check(withinMs: number): Promise<void> {
		const { factors } = this.#found;
		const starting = this.#oneProcess();
		const measured = this.#open(factors, starting, "one-at-a-time", new Variants(factors));
		this.#toggled = measured;
		await this.#go(measured, starting, withinMs);
	}

	#open(factors: readonly Factor[], starting: StartVariants, kind: DesignKind, variants: Variants): MeasuredDesign {
		const { leaveOneOut } = this.#plan.design;
		const design = designFor({ kind, factors: factors.map(({ name }) => name), leaveOneOut });
		return openDesign(design, factors, variants.ofDesign(design, factors), starting);
	}

	#go(measured: MeasuredDesign, starting: StartVariants, withinMs: number): Promise<void> {
		const { design, endpoint, signal, say } = this.#plan;
		const { world } = this.#run;
		const context = {
			rules: design,
			starting,
			clock: world,
			random: world.random(design.seed),
			signal,
			endpoint: endpointName(endpoint),
		};
		return measureDesign(measured, withinMs, context, { say, afterCycle: () => void this.#keepSoFar() });
	}

	#nothingBesidesBare(): KnownError {
		const variant = this.#variants.list.find(({ failed }) => failed !== null);
		return new KnownError({
			code: "TARGET_ANSWER",
			what: `no variant with a layer can be measured on ${endpointName(this.#plan.endpoint)}`,
			...(variant?.failed == null ? {} : { why: `${variant.name}: ${whyFailed(variant.failed)}` }),
			fix: "keep that layer in every variant with --skip",
		});
	}

	#processEach(): ProcessEach {
		const { target, residentBytes } = this.#found;
		const { design } = this.#plan;
		const { world } = this.#run;
		const most = design.mostAlive ?? mostAlive(residentBytes, world.availableBytes(), design.semiSpaceMiB);
		return new ProcessEach(this.#run, this.#plan, target, most);
	}

	#oneProcess(): OneProcess {
		const spec = withEnvironment(this.#plan.target, environmentFor({ mode: "toggle" }));
		return new OneProcess(this.#run, this.#plan, spec, this.#found.whole, this.#found.factors);
	}

	#keepSoFar(): LayersSoFar {
		const soFar = this.#soFar();
		this.#keep(soFar);
		return soFar;
	}

	#soFar(): LayersSoFar {
		const { list } = this.#variants;
		const measurements = list.filter(({ sets }) => sets.length > 0).map((variant) => this.#slicesOf(variant));
		const matrix = matrixOf({
			plan: this.#plan,
			method: this.#plan.quick ? "toggled" : this.#found.target.method,
			factors: this.#found.factors.length,
			designs: this.#designs,
			toggled: this.#toggled,
			variants: list,
			beganMs: this.#beganMs,
			nowMs: this.#run.world.now(),
			measurementIds: new Map(measurements.map(({ variant, id }) => [variant, id])),
		});
		return { matrix, measurements };
	}

	#slicesOf(variant: MeasuredVariant): Slices {
		return slicesOf(variant, this.#plan, {
			pinnedCpus: this.#run.cpus.generator,
			startedAt: this.#startedAt,
			partial: !this.#finished,
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
	return groups.map(({ name, members }): Factor => {
		const own = factors.filter((factor) => members.includes(factor.name));
		const answerDiffers = own.find((each) => each.answerDiffers !== undefined)?.answerDiffers;
		const layers = own.flatMap((each) => each.layers);
		return answerDiffers === undefined ? { name, layers } : { name, layers, answerDiffers };
	});
}
