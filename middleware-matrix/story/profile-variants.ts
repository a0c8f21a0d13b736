import { attributions } from "#matrix/attribution/attribution.js";
import { chargesOf } from "#matrix/attribution/charges.js";
import type { FoundLayers } from "#matrix/discovery/find-layers.js";
import { profilesLeftOut } from "#matrix/findings/findings-of-matrix.js";
import { collectorFailed } from "#src/analyse/findings/profile.js";
import type { Collector } from "#src/collect/collector.js";
import { messageOf } from "#src/errors.js";
import type { KeepEvidence } from "#src/investigate/found.js";
import type { OpenRun } from "#src/investigate/open-run.js";
import { type Profiled, profile } from "#src/investigate/profile.js";
import type { LayerWay, Matrix, Variant } from "#src/model/matrix.js";
import type { Measurement, Slices } from "#src/model/measurement.js";
import { fileNameOf } from "#src/store/file-name.js";
import type { TargetSpec } from "#src/target/target.js";
import type { MatrixPlan } from "./plan.js";
import type { TimePlan } from "./time-plan.js";
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
 * Profiles bare, all and the variants of the layers that were asked for, as far as there is time.
 * @param keep is handed profiles, windows and findings as they come
 * @param grown is handed the matrix with variants that were loaded for their picture, and at last with what the profile of all says
 */
export async function profileVariants(
	run: OpenRun,
	plan: MatrixPlan,
	found: FoundLayers,
	measured: MeasuredLayers,
	time: TimePlan,
	keep: KeepEvidence,
	grown: (matrix: Matrix) => void,
): Promise<void> {
	const scales = new Map<string, Measurement>(measured.slices.map((each) => [each.variant, each]));
	let { matrix } = measured;
	let ofAll: Profiled | null = null;
	const wanted = wantedProfiles(plan, found, measured);
	// Bare is there to be held against all.
	const fits = ({ variant }: Wanted): boolean => time.hasTimeFor(variant === "bare" ? 2 : 1);
	let next = 0;
	for (let each = wanted[next]; each !== undefined && fits(each); each = wanted[++next]) {
		const { variant, metric, collectors, spec } = each;
		if (!matrix.variants.some(({ name }) => name === variant)) {
			const picture = await loadForPicture(run, plan, spec, variant, keep);
			if (picture === null) continue;
			scales.set(variant, picture);
			matrix = withVariant(matrix, variant, found.target.method, picture.id);
			grown(matrix);
		}
		const subject = { spec, variant, clean: scales.get(variant) };
		const profiled = await time.profiling(() => profileOne(run, plan, subject, collectors, keep));
		if (variant === "all" && metric === "cpu") ofAll = profiled;
	}
	const leftOut = [...new Set(wanted.slice(next).map(({ variant }) => variant))];
	if (leftOut.length > 0) keep({ findings: [profilesLeftOut(leftOut, plan.design.withinMs)] });
	if (ofAll !== null) grown({ ...matrix, ...told(ofAll, scales.get("all"), matrix, found) });
}

interface Wanted {
	readonly variant: string;
	readonly metric: "cpu" | "alloc";
	readonly collectors: readonly Collector[];
	readonly spec: TargetSpec;
}

/** All that is to be profiled if there is time, in this order: what says most comes first. */
function wantedProfiles(
	{ cpuCollectors, allocationCollectors, whatToProfile }: MatrixPlan,
	found: FoundLayers,
	{ matrix, variants }: MeasuredLayers,
): Wanted[] {
	const measures = [["cpu", cpuCollectors] as const, ["alloc", allocationCollectors] as const];
	return measures.flatMap(([metric, collectors]) =>
		(collectors.length === 0 ? [] : variantsToProfile(matrix, found.stack.layers, metric, whatToProfile)).flatMap(
			(variant): Wanted[] => {
				const without = withoutOf(variant, matrix, found, variants);
				return without === null ? [] : [{ variant, metric, collectors, spec: found.target.without(without) }];
			},
		),
	);
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

function withVariant(matrix: Matrix, name: string, way: LayerWay, measurementId: string): Matrix {
	const on = matrix.factors.filter((factor) => alone(factor.name) === name).map((factor) => factor.name);
	const variant: Variant = { name, way, on, failed: null, measurementId, figures: null };
	return { ...matrix, variants: [...matrix.variants, variant] };
}

/** What the profile of all says of the layers, those that could be left out and the others. */
function told(
	{ tree }: Profiled,
	clean: Measurement | undefined,
	{ factors, effects, variants }: Matrix,
	{ parts, stack }: FoundLayers,
): Pick<Matrix, "attributions" | "charges"> {
	if (tree === null || clean?.cpu == null) return { attributions: [], charges: [] };
	const cpuNsPerRequest = clean.cpu.nsPerRequest;
	return {
		attributions: attributions(tree, {
			factors,
			effects,
			layers: parts,
			cpuNsPerRequest,
			bytesPerRequest: variants.find(({ name }) => name === "all")?.figures?.bytesPerRequest ?? null,
		}),
		charges: chargesOf(tree, stack.layers, parts, factors, cpuNsPerRequest),
	};
}
