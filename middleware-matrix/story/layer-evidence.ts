import type { FoundLayers } from "#matrix/discovery/find-layers.js";
import type { OpenRun } from "#src/investigate/open-run.js";
import type { LayerWay, Matrix } from "#src/model/matrix.js";
import type { Slices } from "#src/model/measurement.js";
import { matrixOf } from "./matrix-record.js";
import type { MeasuredDesign } from "./measured-design.js";
import type { MatrixPlan, Ways } from "./plan.js";
import { type MeasuredVariant, Variants } from "./variant.js";
import { slicesOf } from "./variant-slices.js";

/** What is known of layers by now. */
export interface LayersSoFar {
	readonly matrix: Matrix | null;
	readonly measurements: readonly Slices[];
}

/** All that is measured of layers, as it grows. */
export class LayerEvidence {
	readonly #run: OpenRun;
	readonly #plan: MatrixPlan;
	readonly #found: FoundLayers;
	readonly #keep: (soFar: LayersSoFar) => void;
	readonly #beganMs: number;
	readonly #startedAt: Date;
	#finished = false;
	#known: Matrix | null = null;
	/** As they were asked for, where they can be. */
	readonly ways: Ways;
	/** Of the run: of both ways, those of layers that are left out. */
	readonly variants: Variants;
	/** Of both ways, those of layers whose hooks are skipped. */
	readonly skipped: Variants;
	/** In the order they were measured. */
	readonly designs: MeasuredDesign[] = [];
	/** The same layers switched the other way, to be held against; its variants are not those of the run. */
	checked: MeasuredDesign | null = null;

	/** @param keep is handed what is known whenever that has grown */
	constructor(run: OpenRun, plan: MatrixPlan, found: FoundLayers, keep: (soFar: LayersSoFar) => void) {
		this.#run = run;
		this.#plan = plan;
		this.#found = found;
		this.#keep = keep;
		this.#beganMs = run.world.now();
		this.#startedAt = run.world.date();
		this.ways = found.target.method === "settings" ? "absent" : plan.ways;
		this.variants = new Variants(found.factors, this.#way);
		this.skipped = new Variants(found.factors, "toggled", "toggled ");
	}

	/** All was measured that was to be. */
	finish(): LayersSoFar {
		this.#finished = true;
		return this.keepSoFar();
	}

	keepSoFar(): LayersSoFar {
		const soFar = this.#soFar();
		this.#known = soFar.matrix;
		this.#keep(soFar);
		return soFar;
	}

	/** After the last set; null before there is one. */
	get known(): Matrix | null {
		return this.#known;
	}

	/** How the layers of the run's own variants are switched. */
	get #way(): LayerWay {
		return this.ways === "toggled" ? "toggled" : this.#found.target.method;
	}

	/** Of what was only skipped, and never measured, nothing is told. */
	get list(): readonly MeasuredVariant[] {
		const skipped = this.skipped.list.filter(({ sets, failed }) => sets.length > 0 || failed !== null);
		return [...this.variants.list, ...skipped];
	}

	#soFar(): LayersSoFar {
		const { list } = this;
		const measurements = list.filter(({ sets }) => sets.length > 0).map((variant) => this.#slicesOf(variant));
		const matrix = matrixOf({
			plan: this.#plan,
			factors: this.#found.factors.length,
			designs: this.designs,
			checked: this.checked,
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
