import { attributions } from "#matrix/attribution/attribution.js";
import type { FoundLayers } from "#matrix/discovery/find-layers.js";
import { collectorFailed } from "#src/analyse/findings/profile.js";
import type { Collector } from "#src/collect/collector.js";
import { messageOf } from "#src/errors.js";
import type { KeepEvidence } from "#src/investigate/found.js";
import type { OpenRun } from "#src/investigate/open-run.js";
import { type Profiled, profile } from "#src/investigate/profile.js";
import type { Attribution, Matrix, Variant } from "#src/model/matrix.js";
import type { Measurement, Slices } from "#src/model/measurement.js";
import { fileNameOf } from "#src/store/file-name.js";
import type { TargetSpec } from "#src/target/target.js";
import type { MatrixPlan } from "./plan.js";
import type { MeasuredVariant } from "./variant.js";
import { alone, variantsToProfile } from "./variants-to-profile.js";

/** What was measured, to be profiled now. */
export interface MeasuredLayers {
	readonly matrix: Matrix;
	/** Of its variants. */
	readonly slices: readonly Slices[];
	readonly variants: readonly MeasuredVariant[];
}

/**
 * Profiles bare, all and the variants of the layers that were asked for.
 * @param keep is handed profiles, windows and findings as they come
 * @param grown is handed the matrix with variants that were loaded for their picture, and at last with what the profile of all says
 */
export async function profileVariants(
	run: OpenRun,
	plan: MatrixPlan,
	found: FoundLayers,
	measured: MeasuredLayers,
	keep: KeepEvidence,
	grown: (matrix: Matrix) => void,
): Promise<void> {
	const { cpuCollectors, allocationCollectors, whatToProfile } = plan;
	const scales = new Map<string, Measurement>(measured.slices.map((each) => [each.variant, each]));
	let { matrix } = measured;
	let ofAll: Profiled | null = null;
	const measures = [["cpu", cpuCollectors] as const, ["alloc", allocationCollectors] as const];
	for (const [metric, collectors] of measures.filter(([, each]) => each.length > 0)) {
		for (const name of variantsToProfile(matrix, found.stack.layers, metric, whatToProfile)) {
			const without = withoutOf(name, matrix, found, measured.variants);
			if (without === null) continue;
			const spec = found.target.without(without);
			if (!matrix.variants.some((each) => each.name === name)) {
				const picture = await loadForPicture(run, plan, spec, name, keep);
				if (picture === null) continue;
				scales.set(name, picture);
				matrix = withVariant(matrix, name, picture.id);
				grown(matrix);
			}
			const profiled = await profileOne(run, plan, { spec, variant: name, clean: scales.get(name) }, collectors, keep);
			if (name === "all" && metric === "cpu") ofAll = profiled;
		}
	}
	const attributed = ofAll === null ? [] : attributionsOf(ofAll, scales.get("all"), matrix, found);
	if (attributed.length > 0) grown({ ...matrix, attributions: attributed });
}

/** The first profile that could be taken; null where nothing says what a request costs. */
async function profileOne(
	run: OpenRun,
	{ endpoint }: MatrixPlan,
	{
		spec,
		variant,
		clean,
	}: { readonly spec: TargetSpec; readonly variant: string; readonly clean: Measurement | undefined },
	collectors: readonly Collector[],
	keep: KeepEvidence,
): Promise<Profiled | null> {
	let first: Profiled | null = null;
	if (clean === undefined) return null;
	for (const collector of collectors) {
		const profiled = await profile(run, collector, { endpoint, spec, variant, clean }, keep);
		first ??= profiled;
	}
	return first;
}

/** The layers that are left out in a variant, also where the design had none with that layer alone; null: it does not work. */
function withoutOf(
	name: string,
	{ factors }: Matrix,
	found: FoundLayers,
	variants: readonly MeasuredVariant[],
): readonly string[] | null {
	const variant = variants.find((each) => each.name === name);
	if (variant !== undefined) return variant.failed === null ? variant.without : null;
	const on = factors.find((factor) => alone(factor.name) === name)?.layers ?? [];
	return found.factors.flatMap(({ layers }) => layers).filter((id) => !on.includes(id));
}

/**
 * A factorial has no variant with one layer alone, so that is loaded for its picture; its figures were not taken beside those of the
 * others, so they are in no table. Null where it could not be loaded.
 */
async function loadForPicture(
	run: OpenRun,
	plan: MatrixPlan,
	spec: TargetSpec,
	name: string,
	keep: KeepEvidence,
): Promise<Measurement | null> {
	const { endpoint } = plan;
	plan.say(`${name}: clean load`);
	try {
		return await run.withTarget(
			endpoint,
			{ label: fileNameOf(`${name} clean`) },
			(target) => run.measure(target, { endpoint, collector: null, variant: name, isJudged: false }, keep),
			spec,
		);
	} catch (error) {
		plan.signal.throwIfAborted();
		keep({ findings: [collectorFailed(name, messageOf(error))] });
		return null;
	}
}

function withVariant(matrix: Matrix, name: string, measurementId: string): Matrix {
	const on = matrix.factors.filter((factor) => alone(factor.name) === name).map((factor) => factor.name);
	const variant: Variant = { name, on, failed: null, measurementId, figures: null };
	return { ...matrix, variants: [...matrix.variants, variant] };
}

function attributionsOf(
	{ tree }: Profiled,
	clean: Measurement | undefined,
	matrix: Matrix,
	{ parts }: FoundLayers,
): Attribution[] {
	if (tree === null || clean?.cpu == null) return [];
	return attributions(tree, {
		factors: matrix.factors,
		effects: matrix.effects,
		layers: parts,
		cpuNsPerRequest: clean.cpu.nsPerRequest,
		bytesPerRequest: matrix.variants.find(({ name }) => name === "all")?.figures?.bytesPerRequest ?? null,
	});
}
