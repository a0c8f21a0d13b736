import type { BlockedDesign } from "#matrix/designs/blocks.js";
import { designFor } from "#matrix/designs/design-for.js";
import { MOST_FACTORS } from "#matrix/designs/factorial.js";
import { groupFactors } from "#matrix/designs/groups.js";
import { leftOutOneByOne } from "#matrix/designs/left-out.js";
import { screenSelection } from "#matrix/designs/screen.js";
import { suspectsOf } from "#matrix/designs/suspects.js";
import { environmentFor } from "#matrix/discovery/environment.js";
import type { FoundLayers } from "#matrix/discovery/find-layers.js";
import { withEnvironment } from "#matrix/discovery/without-layers.js";
import { effectsOfDesign } from "#matrix/effects/effects-of-design.js";
import { oneWayOnly } from "#matrix/findings/findings-of-matrix.js";
import { type ErrorCode, KnownError } from "#src/errors.js";
import type { KeepEvidence } from "#src/investigate/found.js";
import type { OpenRun } from "#src/investigate/open-run.js";
import type { Factor, Matrix } from "#src/model/matrix.js";
import { endpointName } from "#src/target/endpoint.js";
import { LayerEvidence, type LayersSoFar } from "./layer-evidence.js";
import { fewestCycles, measureDesign } from "./measure-design.js";
import { evidenceOf, type MeasuredDesign, openDesign } from "./measured-design.js";
import { OneProcess } from "./one-process.js";
import { designKindOf, type MatrixPlan } from "./plan.js";
import { ProcessEach } from "./process-each.js";
import { mostAlive } from "./processes-in-memory.js";
import type { MeasuredLayers } from "./profile-variants.js";
import { expectedSetMs, SHORTEST_VARIANT_MS, setTimes } from "./set-times.js";
import type { StartVariants } from "./start-variants.js";
import { Variants, whyFailed } from "./variant.js";

/** Of the time, for the first design of a screen, and for switching the layers the other way as well. */
const SCREENING_SHARE = 1 / 3;
const CHECKING_SHARE = 1 / 4;
/** Of the time of both ways: for names, which skipping hooks tells in less of it than leaving out tells a size. */
const NAMING_SHARE = 0.35;
/** Factors that a screen measures better, and that are left out after hooks were skipped. */
const MOST_SELECTED = 4;
/** Of a target that cannot be measured one way, and perhaps the other. */
const OF_ONE_WAY: readonly ErrorCode[] = ["TARGET_ANSWER", "TARGET_DIED", "TARGET_SILENT", "PORT_TAKEN", "UNREACHABLE"];

type DesignKind = Matrix["design"]["kind"];

/** What the sets of layers are measured by. */
interface LayersToMeasure {
	readonly run: OpenRun;
	readonly plan: MatrixPlan;
	readonly found: FoundLayers;
	/** For all sets; the fewest that say anything are measured in any case. */
	readonly withinMs: number;
}

/**
 * Measures every variant of the design interleaved with the others, in fresh processes again and again.
 * @param keep is handed what is known after every set, and at last when it ends, however it does
 * @throws what made going on senseless; what was measured by then was handed over
 */
export async function measureLayers(
	what: LayersToMeasure,
	keep: (soFar: LayersSoFar) => void,
	append: KeepEvidence,
): Promise<MeasuredLayers> {
	const evidence = new LayerEvidence(what.run, what.plan, what.found, keep);
	try {
		await new LayerMeasuring(what, evidence, append).measure();
	} catch (error) {
		evidence.keepSoFar();
		throw error;
	}
	const { matrix, measurements } = evidence.finish();
	if (matrix === null) throw nothingBesidesBare(what.plan, evidence);
	return { matrix, slices: measurements, variants: evidence.list };
}

class LayerMeasuring {
	readonly #run: OpenRun;
	readonly #plan: MatrixPlan;
	readonly #found: FoundLayers;
	readonly #withinMs: number;
	readonly #beganMs: number;

	constructor(
		{ run, plan, found, withinMs }: LayersToMeasure,
		readonly evidence: LayerEvidence,
		readonly append: KeepEvidence,
	) {
		this.#run = run;
		this.#plan = plan;
		this.#found = found;
		this.#withinMs = withinMs;
		this.#beganMs = run.world.now();
	}

	async measure(): Promise<void> {
		switch (this.evidence.ways) {
			case "both":
				return this.#nameThenSize();
			case "toggled":
				return this.#asDesigned(this.#oneProcess(), this.#withinMs);
			case "absent":
				return this.#asDesigned(this.#processEach(), this.#withinMs);
			case "each both ways":
				await this.#asDesigned(this.#processEach(), (1 - CHECKING_SHARE) * this.#withinMs);
				return this.#check(CHECKING_SHARE * this.#withinMs);
		}
	}

	/** Hooks are skipped for names; then those that were named, or are suspect, are left out for sizes. */
	async #nameThenSize(): Promise<void> {
		const { world } = this.#run;
		const { factors } = this.#found;
		const beganMs = world.now();
		const kind = designKindOf(this.#plan, factors.length);
		const names = this.#open(factors, this.#oneProcess(), this.#designOf(kind, factors), this.evidence.skipped);
		const why = await this.#unlessOneWay(() => this.#go(names, this.#oneProcess(), NAMING_SHARE * this.#withinMs));
		const leftMs = this.#withinMs - (world.now() - beganMs);
		if (why !== null) {
			this.append({ findings: [oneWayOnly("absent", { kind: "failed", message: why })] });
			return this.#asDesigned(this.#processEach(), leftMs, "one-at-a-time");
		}
		await this.#sizeOf(names, leftMs);
	}

	/** @param names the evidence of skipped hooks */
	async #sizeOf(names: MeasuredDesign, withinMs: number): Promise<void> {
		const { factors } = this.#found;
		const all = factors.map(({ name }) => name);
		const { effects, levels } = effectsOfDesign(evidenceOf(names), this.#plan.design);
		const suspects = suspectsOf(effects, all, MOST_SELECTED);
		const starting = this.#processEach();
		const designs = suspects.map((_, index) => leftOutOneByOne(all, suspects.slice(0, suspects.length - index)));
		const requestNs = levels.cpu?.[0] ?? 0;
		const fits = (each: BlockedDesign, haste: boolean): boolean =>
			this.#setsMs(each, starting, { requestNs, withinMs, haste }) <= withinMs;
		// Few that are known well rather than many: one is measured in haste, if need be.
		const fitting = designs.find((each) => fits(each, false)) ?? designs.slice(-1).find((each) => fits(each, true));
		if (fitting === undefined) {
			this.append({ findings: [oneWayOnly("toggled", { kind: "no time", suspects })] });
			return;
		}
		const sizes = this.#open(factors, starting, fitting, this.evidence.variants);
		const why = await this.#unlessOneWay(() => this.#go(sizes, starting, withinMs));
		if (why !== null) this.append({ findings: [oneWayOnly("toggled", { kind: "failed", message: why })] });
	}

	/** About how long the fewest sets take that say anything. */
	#setsMs(
		{ design, blocks }: BlockedDesign,
		starting: StartVariants,
		{ requestNs, withinMs, haste }: { readonly requestNs: number; readonly withinMs: number; readonly haste: boolean },
	): number {
		const { usual, inHaste } = fewestCycles(design.cells.length, blocks);
		const known = { startMs: this.#found.startMs, requestNs, cores: this.#run.world.cores };
		const cycleMs = blocks.reduce((sum, { length }) => {
			const times = setTimes(length, withinMs / blocks.length, this.#plan.design, starting);
			const shortestMs = this.#plan.design.variantMs ?? (haste ? times.shortestMs : SHORTEST_VARIANT_MS);
			return sum + expectedSetMs(length, { ...times, shortestMs }, starting.warmupRequests(length), known);
		}, 0);
		return (haste ? inHaste : usual) * cycleMs;
	}

	/** Why a target cannot be measured so, as it said; null where it can. @throws all other failures */
	async #unlessOneWay(work: () => Promise<void>): Promise<string | null> {
		try {
			await work();
			return null;
		} catch (error) {
			this.#plan.signal.throwIfAborted();
			if (!(error instanceof KnownError) || !OF_ONE_WAY.includes(error.code)) throw error;
			return error.message;
		}
	}

	async #asDesigned(
		starting: StartVariants,
		withinMs: number,
		kind = designKindOf({ design: this.#plan.design, ways: this.evidence.ways }, this.#found.factors.length),
	): Promise<void> {
		if (kind === "screen") return this.#screen(starting, withinMs);
		await this.#measureOne(groupedFor(kind, this.#found.factors), starting, kind, withinMs);
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
		const measured = this.#open(factors, starting, this.#designOf(kind, factors), this.evidence.variants);
		await this.#go(measured, starting, withinMs);
		return measured;
	}

	/** The same layers, switched in one process, to be held against those that are left out. */
	async #check(withinMs: number): Promise<void> {
		const { factors } = this.#found;
		const starting = this.#oneProcess();
		const design = this.#designOf("one-at-a-time", factors);
		const measured = openDesign(design, factors, new Variants(factors, "toggled"), starting);
		this.evidence.checked = measured;
		await this.#go(measured, starting, withinMs);
	}

	#designOf(kind: DesignKind, factors: readonly Factor[]): BlockedDesign {
		const { leaveOneOut } = this.#plan.design;
		return { design: designFor({ kind, factors: factors.map(({ name }) => name), leaveOneOut }), blocks: [] };
	}

	#open(
		factors: readonly Factor[],
		starting: StartVariants,
		design: BlockedDesign,
		variants: Variants,
	): MeasuredDesign {
		const measured = openDesign(design, factors, variants, starting);
		this.evidence.designs.push(measured);
		return measured;
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
		return measureDesign(measured, withinMs, context, {
			say: (about) => {
				const leftMs = Math.max(0, this.#withinMs - (world.now() - this.#beganMs));
				say({ kind: "matrix", ...about, matrix: this.evidence.known, leftMs });
			},
			afterSet: () => void this.evidence.keepSoFar(),
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
}

function nothingBesidesBare({ endpoint }: MatrixPlan, { list }: LayerEvidence): KnownError {
	const variant = list.find(({ failed }) => failed !== null);
	return new KnownError({
		code: "TARGET_ANSWER",
		what: `no variant with a layer can be measured on ${endpointName(endpoint)}`,
		...(variant?.failed == null ? {} : { why: `${variant.name}: ${whyFailed(variant.failed)}` }),
		fix: "keep that layer in every variant with --skip",
	});
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
