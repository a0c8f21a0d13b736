import { noSuchLayer } from "#matrix/discovery/choose-layers.js";
import { usageError } from "#src/errors.js";
import type { Factor, Layer, LayerEffect, Matrix } from "#src/model/matrix.js";
import type { WhatToProfile } from "./plan.js";

/** Profiles take long: by default only so many layers are by each measure, the dearest first. */
const MOST_REAL = 3;
/** With them the picture is whole when time runs short, so they come first. */
const FRAMING = ["bare", "all"] as const;

export const alone = (factor: string): string => `${factor} alone`;

/**
 * Refuses what --profile names and no variant is called by, before anything is measured.
 * @throws KnownError USAGE
 */
export function checkNamed(what: WhatToProfile, factors: readonly Factor[], layers: readonly Layer[]): void {
	if (what.kind !== "named") return;
	const variants = [...FRAMING, "bare control", ...factors.flatMap(({ name }) => [alone(name), `all but ${name}`])];
	for (const name of what.names) {
		if (variants.includes(name) || factorNamed(name, factors, layers) !== undefined) continue;
		const stays = layers.find(({ id, name: called }) => id === name || called === name);
		if (stays === undefined) throw noSuchLayer("--profile", name, layers);
		throw usageError(
			`--profile ${name}: this layer stays in every variant, so none shows what it adds`,
			"matrix --list shows which can be switched",
		);
	}
}

/** The names of the variants that one measure is profiled of, bare and all first. */
export function variantsToProfile(
	{ variants, effects, factors, design }: Matrix,
	layers: readonly Layer[],
	metric: "cpu" | "alloc",
	what: WhatToProfile,
): string[] {
	const names = variants.map(({ name }) => name);
	const known = new Set<string>([
		...names,
		// One factor alone is "all".
		...(factors.length > 1 ? factors.map(({ name }) => alone(name)) : []),
	]);
	const chosen = (): readonly string[] => {
		switch (what.kind) {
			case "none":
				return [];
			case "all":
				return design.kind === "factorial"
					? factors.map(({ name }) => alone(name))
					: names.filter((name) => name.endsWith(" alone"));
			case "real":
				return dearest(effects, metric)
					.slice(0, MOST_REAL)
					.map(({ factor }) => alone(factor));
			case "named":
				return what.names.map((name) => {
					if (names.includes(name)) return name;
					return alone(factorNamed(name, factors, layers)?.name ?? name);
				});
		}
	};
	if (what.kind === "none") return [];
	return [...new Set([...FRAMING, ...chosen()])].filter((name) => known.has(name));
}

/** How many variants one measure is profiled of, at the most. */
export function mostToProfile(what: WhatToProfile, factors: number): number {
	switch (what.kind) {
		case "none":
			return 0;
		case "all":
			return FRAMING.length + factors;
		case "real":
			return FRAMING.length + Math.min(MOST_REAL, factors);
		case "named":
			return FRAMING.length + what.names.length;
	}
}

/** By its own name, or by name or id of one of its layers. */
function factorNamed(name: string, factors: readonly Factor[], layers: readonly Layer[]): Factor | undefined {
	const ids = layers.filter((layer) => layer.id === name || layer.name === name).map(({ id }) => id);
	return factors.find((factor) => factor.name === name || factor.layers.some((id) => ids.includes(id)));
}

const dearest = (effects: readonly LayerEffect[], metric: "cpu" | "alloc"): LayerEffect[] =>
	effects.filter((each) => each.metric === metric && each.verdict === "costs").toSorted((a, b) => b.change - a.change);
