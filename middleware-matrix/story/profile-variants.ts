import { attributions } from "#matrix/attribution/attribution.js";
import type { FoundLayers } from "#matrix/discovery/find-layers.js";
import { collectorFailed } from "#src/analyse/findings/measurement.js";
import { messageOf } from "#src/errors.js";
import { profile } from "#src/investigate/profile.js";
import type { Run } from "#src/investigate/run.js";
import type { Attribution, LayerEffect, Matrix } from "#src/model/matrix.js";
import type { Measurement } from "#src/model/measurement.js";
import { fileNameOf } from "#src/store/file-name.js";
import type { TargetSpec } from "#src/target/target.js";
import type { MatrixPlan, WhatToProfile } from "./plan.js";
import type { MeasuredVariant } from "./variants.js";

/** Profiles take long: by default only so many layers are by each measure, the dearest first. */
const MOST_REAL = 3;

const alone = (factor: string): string => `${factor} alone`;

/** Profiles bare, all and the variants of the layers that were asked for, and puts what the profile of all says of them aside. */
export async function profileVariants(
	run: Run,
	plan: MatrixPlan,
	found: FoundLayers,
	variants: readonly MeasuredVariant[],
): Promise<void> {
	const { matrix } = run.record;
	if (matrix === null) return;
	const { endpoint, cpuCollectors, allocationCollectors, whatToProfile } = plan;
	for (const [metric, collectors] of [["cpu", cpuCollectors] as const, ["alloc", allocationCollectors] as const]) {
		for (const name of collectors.length === 0 ? [] : namesToProfile(matrix, metric, whatToProfile)) {
			const without = withoutOf(name, matrix, found, variants);
			if (without === null) continue;
			const spec = found.switching.without(without);
			const clean = await cleanOf(run, plan, spec, name);
			if (clean === null) continue;
			for (const collector of collectors) await profile(run, collector, { endpoint, spec, variant: name, clean });
		}
	}
	matrix.attributions.push(...attributionsOf(run, matrix, found));
	run.save();
}

/** Bare and all first: with them the picture is whole when time runs short. */
function namesToProfile(
	{ variants, effects, factors, design }: Matrix,
	metric: "cpu" | "alloc",
	what: WhatToProfile,
): string[] {
	if (what.kind === "none") return [];
	const names = variants.map(({ name }) => name);
	const factorOf = (name: string): string => factors.find(({ layers }) => layers.includes(name))?.name ?? name;
	const wanted = {
		all: () =>
			design.kind === "factorial"
				? factors.map(({ name }) => alone(name))
				: names.filter((name) => name.endsWith(" alone")),
		real: () =>
			dearest(effects, metric)
				.slice(0, MOST_REAL)
				.map(({ factor }) => alone(factor)),
		named: () =>
			what.kind === "named" ? what.names.map((name) => (names.includes(name) ? name : alone(factorOf(name)))) : [],
	}[what.kind]();
	// One factor alone is "all".
	const known = new Set([...names, ...(factors.length > 1 ? factors.map(({ name }) => alone(name)) : [])]);
	return [...new Set(["bare", "all", ...wanted])].filter((name) => known.has(name));
}

const dearest = (effects: readonly LayerEffect[], metric: "cpu" | "alloc"): LayerEffect[] =>
	effects.filter((each) => each.metric === metric && each.verdict === "costs").toSorted((a, b) => b.change - a.change);

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
 * What a variant's flamegraph is scaled by. A factorial has no variant with one layer alone, so that is loaded for its
 * picture now; its figures were not taken beside those of the others, so they are in no table.
 */
async function cleanOf(run: Run, plan: MatrixPlan, spec: TargetSpec, name: string): Promise<Measurement | null> {
	const { matrix, measurements } = run.record;
	const measured = measurements.find((each) => each.variant === name && each.collector === null);
	if (measured !== undefined || matrix === null || matrix.variants.some((variant) => variant.name === name)) {
		return measured ?? null;
	}
	const { endpoint } = plan;
	plan.say(`${name}: clean load`);
	try {
		const clean = await run.withTarget(
			endpoint,
			{ label: fileNameOf(`${name} clean`) },
			(target) => run.measure(target, { endpoint, collector: null, variant: name, isJudged: false }),
			spec,
		);
		const on = matrix.factors.filter((factor) => alone(factor.name) === name).map((factor) => factor.name);
		matrix.variants.push({ name, on, failed: null, measurementId: clean.id, figures: null });
		return clean;
	} catch (error) {
		if (plan.signal.aborted) throw error;
		run.note(collectorFailed(name, messageOf(error)));
		return null;
	}
}

function attributionsOf(run: Run, matrix: Matrix, { parts }: FoundLayers): Attribution[] {
	const record = run.record.profiles.find(({ variant, measures }) => variant === "all" && measures === "cpu");
	const clean = run.record.measurements.find(({ id }) => id === record?.cleanMeasurementId);
	const tree = record === undefined ? undefined : run.trees.get(record.id);
	if (tree === undefined || clean?.cpu == null) return [];
	return attributions(tree, {
		...matrix,
		layers: parts,
		cpuNsPerRequest: clean.cpu.nsPerRequest,
		bytesPerRequest: matrix.variants.find(({ name }) => name === "all")?.figures?.bytesPerRequest ?? null,
	});
}
