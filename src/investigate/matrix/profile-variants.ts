import { attributions } from "../../../middleware-matrix/attribution.js";
import type { Attribution, LayerEffect, Matrix } from "../../model/matrix.js";
import { profile } from "../profile.js";
import type { Run } from "../run.js";
import type { FoundLayers } from "./find-layers.js";
import type { MatrixPlan, WhatToProfile } from "./plan.js";
import type { MeasuredVariant } from "./variants.js";

/** Profiles take long: by default only so many layers are by each measure, the dearest first. */
const MOST_REAL = 3;

/** Profiles bare, all and the variants of the layers that were asked for, and puts what the profile of all says of them aside. */
export async function profileVariants(
	run: Run,
	plan: MatrixPlan,
	found: FoundLayers,
	variants: readonly MeasuredVariant[],
): Promise<void> {
	const { matrix } = run.record;
	if (matrix === null) return;
	const { cpuCollectors, allocationCollectors, whatToProfile } = plan;
	for (const [metric, collectors] of [["cpu", cpuCollectors] as const, ["alloc", allocationCollectors] as const]) {
		for (const name of namesToProfile(matrix, metric, whatToProfile)) {
			const variant = variants.find((each) => each.name === name);
			const clean = run.record.measurements.find((each) => each.variant === name && each.collector === null);
			if (variant === undefined || variant.failed !== null || clean === undefined) continue;
			for (const collector of collectors) {
				const spec = found.switching.without(variant.without);
				await profile(run, collector, { endpoint: plan.endpoint, spec, variant: name, clean });
			}
		}
	}
	matrix.attributions.push(...attributionsOf(run, matrix, found));
	run.save();
}

/** Bare and all first: with them the picture is whole when time runs short. */
function namesToProfile(
	{ variants, effects, factors }: Matrix,
	metric: "cpu" | "alloc",
	what: WhatToProfile,
): string[] {
	if (what.kind === "none") return [];
	const names = variants.map(({ name }) => name);
	const alone = (factor: string): string => `${factor} alone`;
	const factorOf = (name: string): string => factors.find(({ layers }) => layers.includes(name))?.name ?? name;
	const wanted = {
		all: () => names.filter((name) => name.endsWith(" alone")),
		real: () =>
			dearest(effects, metric)
				.slice(0, MOST_REAL)
				.map(({ factor }) => alone(factor)),
		named: () =>
			what.kind === "named" ? what.names.map((name) => (names.includes(name) ? name : alone(factorOf(name)))) : [],
	}[what.kind]();
	return [...new Set(["bare", "all", ...wanted])].filter((name) => names.includes(name));
}

const dearest = (effects: readonly LayerEffect[], metric: "cpu" | "alloc"): LayerEffect[] =>
	effects.filter((each) => each.metric === metric && each.verdict === "costs").toSorted((a, b) => b.change - a.change);

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
