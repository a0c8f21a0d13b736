import type { Matrix, Stack, Variant } from "#src/model/matrix.js";
import type { Slices } from "#src/model/measurement.js";
import type { MatrixRun } from "#src/model/run.js";
import { allVariant, aloneVariant, bareVariant } from "#src/report/figures/matrix.js";
import { attributionSentence } from "#src/report/figures/matrix-rows.js";
import { cwdOf } from "#src/report/figures/target.js";
import { distributionChart } from "#src/report/html/browser/charts/charts.js";
import { button, el, foreign, unbroken } from "#src/report/html/browser/dom.js";
import { differenceTab } from "#src/report/html/browser/flame/difference-tab.js";
import { allLayersWords, layerWords } from "#src/report/html/browser/flame/difference-words.js";
import { FlamePanel } from "#src/report/html/browser/flame/flame-panel.js";
import type { FlameTab } from "#src/report/html/browser/flame/flame-view.js";
import { ProfileFlame } from "#src/report/html/browser/flame/profile-flame.js";
import { tabNames } from "#src/report/html/browser/flame/tab-names.js";
import { pairPanel } from "#src/report/html/browser/tables/pair-table.js";
import type { PageData, PageProfile } from "#src/report/html/page-data.js";
import { formatCount } from "#src/report/numbers/format.js";
import { bothWaysSentence } from "#src/report/sentences/both-ways.js";
import { layerFacts, layerOrigin } from "#src/report/sentences/layer.js";
import { variantFailureText } from "#src/report/sentences/variant-failure.js";
import { allLayersRows, layerRows } from "./layer-changes.js";

/** The row of all layers together. No layer can be called so: a name is never empty. */
export const ALL_LAYERS = "";

/** A run that has its matrix. */
interface Drawn {
	readonly run: MatrixRun;
	readonly matrix: Matrix;
	readonly stack: Stack;
	readonly data: PageData;
}

/** Bare beside bare with a layer: percentiles, and the difference of their profiles. */
export class LayerPair {
	readonly element = el("section", { class: "pair", "aria-label": "Bare and bare with the layer" });
	readonly #run: MatrixRun;
	readonly #data: PageData;
	readonly #matrix: Matrix;
	readonly #stack: Stack;
	readonly #onBack: () => void;
	#flame: FlamePanel | null = null;

	constructor({ run, data, matrix, stack }: Drawn, onBack: () => void) {
		this.#run = run;
		this.#data = data;
		this.#matrix = matrix;
		this.#stack = stack;
		this.#onBack = onBack;
	}

	/** Opens the pair of a factor, or of all layers. */
	show(row: string): void {
		const matrix = this.#matrix;
		const isAll = row === ALL_LAYERS;
		const bare = bareVariant(matrix);
		const all = allVariant(matrix);
		const alone = isAll ? all : aloneVariant(matrix, row);
		const profiled = [alone, all].find((each) => each !== undefined && this.#profilesOf(each).length > 0);
		const tabs = profiled === undefined ? [] : this.#tabs(bare, profiled, profiled === alone && !isAll);
		const note = this.#note(row, alone, profiled, tabs.length > 0);
		const [first] = tabs;
		this.element.replaceChildren(
			this.#title(row),
			el(
				"div",
				{ class: "side-by-side comparison" },
				this.#percentiles(row, bare, alone),
				el(
					"div",
					{ class: "pair-flame" },
					note === null ? null : el("p", { class: "panel no-profile" }, foreign(unbroken(note))),
					first === undefined ? null : this.#flameWith(tabs, first).panel,
				),
			),
			...(first === undefined || this.#flame === null ? [] : [this.#flame.functions.element]),
		);
	}

	#flameWith(tabs: readonly FlameTab[], first: FlameTab): FlamePanel {
		if (this.#flame === null) this.#flame = new FlamePanel(tabs, first, "What is drawn");
		else this.#flame.replaceTabs(tabs, first);
		return this.#flame;
	}

	#title(row: string): HTMLElement {
		const matrix = this.#matrix;
		const ids = matrix.factors.find(({ name }) => name === row)?.layers ?? [];
		const facts = this.#stack.layers
			.filter(({ id }) => ids.includes(id))
			.map((layer) =>
				[layerOrigin(layer, cwdOf(this.#run.target)), ...layerFacts(layer)].filter((each) => each !== null),
			);
		const attribution = attributionSentence(matrix, row);
		const bothWays = bothWaysSentence(matrix, row);
		return el(
			"header",
			{ class: "pair-head" },
			el("h2", {}, row === ALL_LAYERS ? "All layers" : foreign(row)),
			...facts.map((each) => el("p", { class: "muted" }, foreign(each.join(" · ")))),
			el("span", { class: "spacer" }),
			button({ class: "back" }, "↑ All layers", this.#onBack),
			attribution === null ? null : el("p", { class: "pair-note" }, foreign(unbroken(attribution))),
			bothWays === null ? null : el("p", { class: "pair-note" }, unbroken(bothWays)),
		);
	}

	#percentiles(row: string, bare: Variant | undefined, alone: Variant | undefined): HTMLElement {
		const matrix = this.#matrix;
		const isAll = row === ALL_LAYERS;
		const name = isAll ? "all" : "with it";
		const [base, head] = [this.#slicesOf(bare), this.#slicesOf(alone)];
		return el(
			"div",
			{ class: "left-column" },
			pairPanel({
				sides: [
					{ name: "bare", label: null, totals: base === undefined ? [] : [base] },
					{ name, label: null, totals: head === undefined ? [] : [head] },
				],
				direction: isAll ? "all to bare" : "by the layer",
				rows: isAll ? allLayersRows(matrix, bare, alone) : layerRows(matrix, row),
				caption: this.#caption(isAll),
			}),
			distributionChart(this.#data, ["bare", base], [name, head]),
		);
	}

	#caption(isAll: boolean): string {
		const load = `${formatCount(this.#matrix.design.clients)} clients to each variant in turn, closed loop, no profiler.`;
		return isAll
			? `${load} The change has no interval of its own.`
			: `${load} The layer’s effect is estimated within process sets, where all variants are equally warm; with it is bare and that effect.`;
	}

	#tabs(bare: Variant | undefined, head: Variant, isLayer: boolean): FlameTab[] {
		const cwd = cwdOf(this.#run.target);
		const bareProfiles = bare === undefined ? [] : this.#profilesOf(bare);
		const headProfiles = this.#profilesOf(head);
		const named = tabNames(headProfiles);
		const differences = headProfiles.flatMap((profile) => {
			const base = bareProfiles.find((each) => each.collector === profile.collector);
			const words = isLayer ? layerWords : allLayersWords;
			return differenceTab(named("Difference", profile.collector), base, profile, words, () => cwd ?? "") ?? [];
		});
		const single = (label: string) => (profile: PageProfile) => ({
			label: named(label, profile.collector),
			open: () => new ProfileFlame(profile, cwd),
		});
		return [
			...differences,
			...bareProfiles.map(single("Bare")),
			...headProfiles.map(single(isLayer ? "With the layer" : "All layers")),
		];
	}

	/** Why it is not the layer itself that is drawn. */
	#note(row: string, alone: Variant | undefined, profiled: Variant | undefined, drawn: boolean): string | null {
		const never = `No variant has ${row} alone in this design`;
		const failed =
			alone?.failed == null ? null : `${row} alone could not be measured: ${variantFailureText(alone.failed)}`;
		if (!drawn) {
			const start = this.#run.profiles.length > 0 ? "There is no profile of these variants" : "No profile was taken";
			return `${failed === null ? "" : `${failed}. `}${start}, so in which functions the time is spent is not known. --profile all takes one of every layer.`;
		}
		if (row === ALL_LAYERS || profiled === alone) return null;
		const why = alone === undefined ? never : (failed ?? `No profile of ${row} alone was taken`);
		return `${why}. This flamegraph is of bare against all layers.`;
	}

	#slicesOf(variant: Variant | undefined): Slices | undefined {
		return this.#run.measurements.find(
			(each): each is Slices => each.kind === "slices" && each.id === variant?.measurementId,
		);
	}

	#profilesOf(variant: Variant): PageProfile[] {
		return this.#data.profiles.filter((each) => each.variant === variant.name);
	}
}
