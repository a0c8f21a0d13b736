import { button, el, foreign, unbroken } from "#src/report/html/browser/dom.js";
import { formatCount } from "#src/report/numbers/format.js";
import type { FlameTab, FlameView } from "./flame-view.js";
import { Flamegraph } from "./flamegraph.js";
import { FunctionsTable } from "./functions-table.js";

/** The flamegraph with its controls, and the functions under it: one view at a time. */
export class FlamePanel {
	readonly panel = el("section", { class: "panel flame", "aria-label": "Flamegraph" });
	readonly functions: FunctionsTable;
	#tabs: readonly FlameTab[];
	readonly #tabList: HTMLElement;
	readonly #legend = el("div", { class: "legend" });
	readonly #details = el("div", { class: "details", "aria-live": "polite" });
	readonly #result = el("p", { class: "search-result", role: "status" });
	readonly #search = el("input", {
		type: "search",
		placeholder: "Search   ( / )",
		"aria-label": "Search",
		spellcheck: "false",
	});
	readonly #title = el("h2");
	readonly #resetButton: HTMLButtonElement;
	readonly #graph: Flamegraph;
	#tab: FlameTab;
	#view: FlameView;
	#colouring: string | null = null;
	#pickedGroup: string | null = null;

	/** `tabsLabel` is what the tabs choose between. */
	constructor(tabs: readonly FlameTab[], first: FlameTab, tabsLabel: string) {
		this.#tabs = tabs;
		this.#tab = first;
		this.#view = first.open();
		this.#tabList = el("div", { class: "tabs", role: "tablist", "aria-label": tabsLabel });
		this.#graph = new Flamegraph(this.#view.layout, this.#view.paint, {
			onLook: (node) => this.#look(node),
			onZoom: (node) => {
				this.#resetButton.hidden = node === 0;
			},
		});
		this.#resetButton = button({ class: "reset" }, "Reset zoom", () => this.#graph.reset());
		this.functions = new FunctionsTable((frame) => this.#pickFunction(frame));
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
				this.#title,
				this.#tabList,
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

	/** Shows other drawings instead; the search stays. */
	replaceTabs(tabs: readonly FlameTab[], first: FlameTab): void {
		this.#tabs = tabs;
		this.#choose(first);
	}

	#choose(tab: FlameTab): void {
		this.#tab = tab;
		this.#view = tab.open();
		if (this.#colouring !== null) this.#view.colourBy(this.#colouring);
		this.#pickedGroup = null;
		this.#showAll();
	}

	#showAll(): void {
		this.#title.textContent = this.#view.title;
		this.#drawTabs();
		this.#drawLegend();
		this.#resetButton.hidden = true;
		this.#graph.show(this.#view.layout, this.#view.paint);
		this.functions.show(this.#view.functions);
		this.#look(null);
		this.#onSearch();
	}

	#drawTabs(): void {
		this.#tabList.replaceChildren(
			...this.#tabs.map((tab) =>
				button({ role: "tab", "aria-selected": String(tab === this.#tab) }, tab.label, () => {
					this.#choose(tab);
					this.#tabList.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
				}),
			),
		);
	}

	#drawLegend(): void {
		const { colourings, groups, marks } = this.#view;
		const chosen = this.#colouring ?? colourings[0]?.key;
		const buttons = colourings.map(({ key, label }) =>
			button({ "aria-pressed": String(key === chosen), "data-colour": key }, label, () => this.#colourBy(key)),
		);
		this.#legend.replaceChildren(
			...(buttons.length === 0
				? []
				: [el("div", { class: "segmented small", role: "group", "aria-label": "Colour by" }, ...buttons)]),
			...groups.map((group) => {
				const chip = button(
					{ class: "chip", "aria-pressed": String(group.label === this.#pickedGroup), title: group.title },
					null,
					() => this.#pickGroup(group.label),
				);
				chip.append(el("i", { class: `swatch ${group.className}` }), foreign(group.label), el("b", {}, group.figure));
				return chip;
			}),
			...marks.map((mark) => el("span", { class: "legend-mark" }, mark)),
		);
	}

	#colourBy(key: string): void {
		this.#colouring = key;
		this.#pickedGroup = null;
		this.#view.colourBy(key);
		this.#drawLegend();
		this.#graph.repaint(this.#view.paint);
		this.functions.refresh(this.#view.functions);
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
		const { frames } = this.#view.layout.tree;
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
		const group = this.#view.groups.find((each) => each.label === label);
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
		const only = matching.size === 1 ? this.#view.layout.tree.frames[[...matching][0] ?? -1] : undefined;
		const subject = matching.size === 0 ? `${what}: ` : `${formatCount(matching.size)} functions ${what}: `;
		this.#result.replaceChildren(
			...(only === undefined ? [foreign(subject)] : [foreign(only.name, "match-name"), ": "]),
			unbroken(matching.size === 0 ? "no match" : this.#view.costOf(matching)),
			button({ class: "clear", "aria-label": "Clear the highlighting" }, "×", () => {
				this.#search.value = "";
				this.#onSearch();
			}),
		);
	}

	#look(node: number | null): void {
		this.#details.replaceChildren(...this.#view.describe(node === 0 ? null : node));
	}

	#onSlash(event: KeyboardEvent): void {
		if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target instanceof HTMLInputElement) return;
		event.preventDefault();
		this.#search.focus();
		this.#search.select();
	}
}
