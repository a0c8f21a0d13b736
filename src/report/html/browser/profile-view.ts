import type { CallTree } from "../../../model/call-tree.js";
import { collectorLabel } from "../../collector-label.js";
import { formatCount, formatNs, formatPercent } from "../../format.js";
import { kindLabel, sourceLabel } from "../../frame-label.js";
import { type FlameLayout, layOutFlame, matchShare } from "../flame-layout.js";
import { unpackTree } from "../packed-tree.js";
import type { PageProfile } from "../page-data.js";
import { type Colouring, type ColouringMode, colouringOf } from "./colouring.js";
import { type CostScale, formatCost } from "./cost.js";
import { button, el, foreign, unbroken } from "./dom.js";
import { Flamegraph } from "./flamegraph.js";
import { FunctionsTable } from "./functions-table.js";

interface Shown {
	readonly profile: PageProfile;
	readonly tree: CallTree;
	readonly layout: FlameLayout;
	readonly scale: CostScale;
	colouring: Colouring;
}

/** The flamegraph with its controls, and the functions under it: one profile at a time. */
export class ProfileView {
	readonly panel = el("section", { class: "panel flame", "aria-label": "Flamegraph" });
	readonly functions: FunctionsTable;
	readonly #cwd: string | null;
	readonly #profiles: readonly PageProfile[];
	readonly #tabs = el("div", { class: "tabs", role: "tablist", "aria-label": "Profiler" });
	readonly #legend = el("div", { class: "legend" });
	readonly #details = el("div", { class: "details", "aria-live": "polite" });
	readonly #result = el("p", { class: "search-result", role: "status" });
	readonly #search = el("input", {
		type: "search",
		placeholder: "Search   ( / )",
		"aria-label": "Search",
		spellcheck: "false",
	});
	readonly #resetButton: HTMLButtonElement;
	readonly #graph: Flamegraph;
	#shown: Shown;
	#mode: ColouringMode = "kind";
	#pickedGroup: string | null = null;

	constructor(profiles: readonly PageProfile[], first: PageProfile, cwd: string | null) {
		this.#profiles = profiles;
		this.#cwd = cwd;
		this.#shown = prepare(first, this.#mode);
		this.#graph = new Flamegraph(this.#shown.layout, this.#shown.colouring.classOf, {
			onLook: (node) => this.#look(node),
			onZoom: (node) => {
				this.#resetButton.hidden = node === 0;
			},
		});
		this.#resetButton = button({ class: "reset" }, "Reset zoom", () => this.#graph.reset());
		this.functions = new FunctionsTable(cwd, (frame) => this.#pickFunction(frame));
		this.#search.addEventListener("input", () => this.#onSearch());
		this.#search.addEventListener("keydown", (event) => {
			if (event.key !== "Escape") return;
			this.#search.value = "";
			this.#onSearch();
			this.#graph.element.focus();
		});
		document.addEventListener("keydown", (event) => this.#onSlash(event));
		this.panel.append(
			el(
				"div",
				{ class: "flame-bar" },
				el("h2", {}, "CPU time"),
				this.#tabs,
				el("span", { class: "spacer" }),
				this.#resetButton,
				this.#search,
			),
			this.#legend,
			this.#details,
			this.#result,
			this.#graph.element,
		);
		this.#showAll();
	}

	#showAll(): void {
		const { layout, colouring, tree, scale } = this.#shown;
		this.#drawTabs();
		this.#drawLegend();
		this.#resetButton.hidden = true;
		this.#graph.show(layout, colouring.classOf);
		this.functions.show(tree, scale, colouring.classOf);
		this.#look(null);
		this.#onSearch();
	}

	#drawTabs(): void {
		this.#tabs.replaceChildren(
			...this.#profiles.map((profile) =>
				button(
					{
						role: "tab",
						"aria-selected": String(profile === this.#shown.profile),
						"data-collector": profile.collector,
					},
					collectorLabel(profile.collector),
					() => {
						this.#shown = prepare(profile, this.#mode);
						this.#pickedGroup = null;
						this.#showAll();
					},
				),
			),
		);
	}

	#drawLegend(): void {
		const { groups } = this.#shown.colouring;
		const modes = (["kind", "package"] as const).map((mode) =>
			button(
				{ "aria-pressed": String(mode === this.#mode), "data-colour": mode },
				mode === "kind" ? "Kind" : "Package",
				() => this.#colourBy(mode),
			),
		);
		this.#legend.replaceChildren(
			el("div", { class: "segmented small", role: "group", "aria-label": "Colour by" }, ...modes),
			...groups.map((group) => {
				const chip = button(
					{
						class: "chip",
						"aria-pressed": String(group.label === this.#pickedGroup),
						title: "Self time; a click shows these frames",
					},
					null,
					() => this.#pickGroup(group.label),
				);
				chip.append(
					el("i", { class: `swatch ${group.className}` }),
					foreign(group.label),
					el("b", {}, formatPercent(group.selfShare)),
				);
				return chip;
			}),
		);
	}

	#colourBy(mode: ColouringMode): void {
		this.#mode = mode;
		this.#pickedGroup = null;
		this.#shown.colouring = colouringOf(this.#shown.tree, mode);
		this.#drawLegend();
		this.#graph.recolour(this.#shown.colouring.classOf);
		this.functions.recolour(this.#shown.colouring.classOf);
		this.#onSearch();
	}

	#onSearch(): void {
		const term = this.#search.value.trim().toLowerCase();
		this.functions.clearPick();
		if (this.#pickedGroup !== null) {
			this.#pickedGroup = null;
			this.#drawLegend();
		}
		if (term === "") {
			this.#match(null, "");
			return;
		}
		const { frames } = this.#shown.tree;
		const matching = frames.flatMap((frame, index) =>
			index !== 0 &&
			[frame.name, frame.file ?? "", frame.package ?? ""].some((text) => text.toLowerCase().includes(term))
				? [index]
				: [],
		);
		this.#match(new Set(matching), `“${this.#search.value.trim()}”`);
	}

	#pickFunction(frame: number | null): void {
		this.#search.value = "";
		this.#pickedGroup = null;
		this.#drawLegend();
		this.#match(frame === null ? null : new Set([frame]), "");
		if (frame !== null) this.panel.scrollIntoView({ block: "nearest", behavior: "smooth" });
	}

	#pickGroup(label: string): void {
		const group = this.#shown.colouring.groups.find((each) => each.label === label);
		const again = this.#pickedGroup === label;
		this.#search.value = "";
		this.functions.clearPick();
		this.#pickedGroup = again ? null : label;
		this.#drawLegend();
		this.#match(again || group === undefined ? null : group.frames, label);
	}

	/** Highlights frames and says what they cost together. */
	#match(matching: ReadonlySet<number> | null, what: string): void {
		this.#graph.highlight(matching);
		this.#result.hidden = matching === null;
		if (matching === null) return;
		const share = matchShare(this.#shown.layout, matching);
		const only = matching.size === 1 ? this.#shown.tree.frames[[...matching][0] ?? -1] : undefined;
		const subject = matching.size === 0 ? `${what}: ` : `${formatCount(share.functions)} functions ${what}: `;
		const cost = `total ${formatCost(this.#shown.scale, share.totalTicks)}, self ${formatCost(this.#shown.scale, share.selfTicks)}`;
		this.#result.replaceChildren(
			...(only === undefined ? [foreign(subject)] : [foreign(only.name, "match-name"), ": "]),
			unbroken(matching.size === 0 ? "no match" : cost),
			button({ class: "clear", "aria-label": "Clear the highlighting" }, "×", () => {
				this.#search.value = "";
				this.#onSearch();
			}),
		);
	}

	#look(node: number | null): void {
		const { layout, tree, scale } = this.#shown;
		const position = node === null ? undefined : tree.nodes[node];
		const frame = position === undefined ? undefined : tree.frames[position.frame];
		if (node === null || node === 0 || position === undefined || frame === undefined) {
			const whole =
				scale.cpuNsPerRequest === null
					? "Widths are shares of the profiler’s busy ticks."
					: `${formatNs(scale.cpuNsPerRequest)} of CPU per request (clean), shared out by ${formatCount(Math.round(scale.allTicks))} busy ticks.`;
			this.#details.replaceChildren(
				el("p", {}, unbroken(whole)),
				el(
					"p",
					{ class: "muted" },
					el("span", { class: "keys" }, "Click or Enter zooms · arrow keys move · Esc resets · / searches"),
					tree.nodes.some((each) => each.putBack)
						? el("span", { class: "mark-note" }, "↪ inlined by V8 and put back")
						: null,
				),
			);
			return;
		}
		const source = sourceLabel(frame, this.#cwd);
		const owner = frame.package ?? kindLabel(frame.kind);
		const putBack = position.putBack ? " · ↪ inlined into its caller by V8, put back" : "";
		this.#details.replaceChildren(
			el("p", { class: "who" }, foreign(frame.name, "who-name"), foreign(source ?? "no source", "who-source")),
			el(
				"p",
				{},
				unbroken(
					`self ${formatCost(scale, position.selfTicks)} · total ${formatCost(scale, layout.totals[node] ?? 0)}${scale.cpuNsPerRequest === null ? "" : " per request"} · `,
				),
				foreign(owner),
				putBack,
			),
		);
	}

	#onSlash(event: KeyboardEvent): void {
		if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target instanceof HTMLInputElement) return;
		event.preventDefault();
		this.#search.focus();
		this.#search.select();
	}
}

function prepare(profile: PageProfile, mode: ColouringMode): Shown {
	const tree = unpackTree(profile.tree);
	const layout = layOutFlame(tree);
	return {
		profile,
		tree,
		layout,
		scale: { allTicks: layout.allTicks, cpuNsPerRequest: profile.cpuNsPerRequest },
		colouring: colouringOf(tree, mode),
	};
}
