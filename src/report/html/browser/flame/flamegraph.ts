import { el, foreign } from "#src/report/html/browser/dom.js";
import { type DrawnFrame, type FlameLayout, visibleFrames } from "#src/report/html/flame-layout.js";

/**
 * The flamegraph, the root on top. Frames are plain boxes placed in percent of the width, so a change of the window's
 * size, theme or paper needs no drawing. d3-flame-graph was tried first: it lays the whole tree out again on every zoom
 * and search, has no keyboard and no place for marks, and fades with colours that it sets itself.
 */
export interface FlamegraphEvents {
	/** The frame under the pointer or the keyboard's focus; null when neither is on one. */
	onLook(node: number | null): void;
	onZoom(node: number): void;
}

/** How boxes look, and what they say beside their names; by node. */
export interface FlamePaint {
	/** Classes that carry colour and marks; see colours.css. */
	classOf(node: number): string;
	labelOf(node: number): string;
	/** The figure in a wide box. */
	figureOf(node: number): string;
}

/** Narrower frames are not drawn; they stay in totals and search. */
const MIN_WIDTH_PX = 0.3;
const MIN_LABEL_PX = 26;
const MIN_FIGURE_PX = 110;
/** Past this many boxes a moving picture would stutter. */
const MAX_ANIMATED = 1500;
const ROW_PX = 19;

export class Flamegraph {
	readonly element: HTMLElement;
	readonly #canvas: HTMLElement;
	readonly #events: FlamegraphEvents;
	readonly #boxes = new Map<number, HTMLElement>();
	#layout: FlameLayout;
	#paint: FlamePaint;
	#drawn: readonly DrawnFrame[] = [];
	#zoom = 0;
	#focus: number | null = null;
	#matching: ReadonlySet<number> | null = null;
	#width = 0;

	constructor(layout: FlameLayout, paint: FlamePaint, events: FlamegraphEvents) {
		this.#layout = layout;
		this.#paint = paint;
		this.#events = events;
		this.#canvas = el("div", { class: "flame-canvas" });
		this.element = el(
			"div",
			{
				class: "flame-stage",
				tabindex: 0,
				role: "tree",
				"aria-label": "Flamegraph: arrow keys move, Enter zooms, Escape resets",
			},
			this.#canvas,
		);
		this.#canvas.addEventListener("click", (event) => {
			const node = nodeOf(event.target);
			if (node === null) return;
			this.#setFocus(node);
			this.zoomTo(node);
		});
		this.#canvas.addEventListener("pointerover", (event) => events.onLook(nodeOf(event.target) ?? this.#focus));
		this.#canvas.addEventListener("pointerleave", () => events.onLook(this.#focus));
		this.element.addEventListener("keydown", (event) => {
			if (this.#onKey(event)) event.preventDefault();
		});
		new ResizeObserver(() => {
			if (Math.abs(this.#canvas.clientWidth - this.#width) > 1) this.#draw();
		}).observe(this.#canvas);
	}

	get zoomedTo(): number {
		return this.#zoom;
	}

	show(layout: FlameLayout, paint: FlamePaint): void {
		this.#layout = layout;
		this.#paint = paint;
		this.#zoom = 0;
		this.#focus = null;
		this.#boxes.clear();
		this.#canvas.replaceChildren();
		this.#draw();
	}

	repaint(paint: FlamePaint): void {
		this.#paint = paint;
		this.#draw();
	}

	/** Frames (by index) to stand out, everything else steps back; null: no highlighting. */
	highlight(matching: ReadonlySet<number> | null): void {
		this.#matching = matching;
		this.#draw();
	}

	zoomTo(node: number): void {
		this.#zoom = node;
		this.#draw();
		this.#events.onZoom(node);
	}

	reset(): void {
		this.zoomTo(0);
	}

	#draw(): void {
		this.#width = this.#canvas.clientWidth;
		if (this.#width === 0) return;
		this.#drawn = visibleFrames(this.#layout, this.#zoom, MIN_WIDTH_PX / this.#width);
		this.#canvas.classList.toggle("animated", this.#drawn.length < MAX_ANIMATED);
		this.#canvas.classList.toggle("searching", this.#matching !== null);
		const gone = new Set(this.#boxes.keys());
		const added = document.createDocumentFragment();
		let rows = 0;
		for (const frame of this.#drawn) {
			gone.delete(frame.node);
			rows = Math.max(rows, frame.depth + 1);
			let box = this.#boxes.get(frame.node);
			if (box === undefined) {
				box = el("div", {
					id: `frame-${frame.node}`,
					role: "treeitem",
					"data-node": frame.node,
					"aria-level": frame.depth + 1,
				});
				box.style.top = `${frame.depth * ROW_PX}px`;
				this.#boxes.set(frame.node, box);
				added.append(box);
			}
			this.#drawBox(box, frame);
		}
		for (const node of gone) {
			this.#boxes.get(node)?.remove();
			this.#boxes.delete(node);
		}
		this.#canvas.append(added);
		this.#canvas.style.height = `${rows * ROW_PX}px`;
		this.#markFocus();
	}

	#drawBox(box: HTMLElement, drawn: DrawnFrame): void {
		const node = this.#layout.tree.nodes[drawn.node];
		if (node === undefined) return;
		const widthPx = drawn.width * this.#width;
		const classes = ["frame", this.#paint.classOf(drawn.node)];
		if (drawn.above) classes.push("above");
		if (widthPx < 3) classes.push("sliver");
		if (this.#matching?.has(node.frame)) classes.push("match");
		box.className = classes.join(" ");
		box.style.left = `${drawn.left * 100}%`;
		box.style.width = `${drawn.width * 100}%`;
		const label = this.#paint.labelOf(drawn.node);
		const figure = this.#paint.figureOf(drawn.node);
		box.setAttribute("aria-label", `${label}, ${figure}`);
		if (widthPx < MIN_LABEL_PX) {
			box.replaceChildren();
			return;
		}
		box.replaceChildren(
			foreign(label, "frame-name"),
			...(widthPx < MIN_FIGURE_PX ? [] : [el("span", { class: "frame-share" }, figure)]),
		);
	}

	#onKey(event: KeyboardEvent): boolean {
		if (event.ctrlKey || event.metaKey || event.altKey) return false;
		switch (event.key) {
			case "Escape":
				this.reset();
				return true;
			case "Enter":
				if (this.#focus !== null) this.zoomTo(this.#focus);
				return true;
			case "Home":
				this.#setFocus(0);
				return true;
			case "ArrowDown":
				return this.#move((at) => this.#below(at));
			case "ArrowUp":
				return this.#move((at) => this.#layout.tree.nodes[at]?.parent);
			case "ArrowLeft":
				return this.#move((at) => this.#beside(at, -1));
			case "ArrowRight":
				return this.#move((at) => this.#beside(at, 1));
			default:
				return false;
		}
	}

	#move(next: (at: number) => number | undefined): true {
		const target = this.#focus === null ? this.#zoom : next(this.#focus);
		if (target !== undefined && target >= 0) this.#setFocus(target);
		return true;
	}

	/** The widest callee; above the frame that was zoomed to, the one on the way to it. */
	#below(at: number): number | undefined {
		const drawn = this.#drawn.find((each) => each.node === at);
		if (drawn?.above) return this.#drawn.find((each) => each.depth === drawn.depth + 1)?.node;
		return this.#layout.children[at]?.find((child) => this.#boxes.has(child));
	}

	/** The next drawn frame of the same row. */
	#beside(at: number, step: 1 | -1): number | undefined {
		const depth = this.#layout.depth[at];
		const row = this.#drawn.filter((each) => each.depth === depth).sort((a, b) => a.left - b.left);
		return row[row.findIndex((each) => each.node === at) + step]?.node;
	}

	#setFocus(node: number): void {
		this.#focus = node;
		this.#markFocus();
		this.#boxes.get(node)?.scrollIntoView({ block: "nearest" });
		this.#events.onLook(node);
	}

	#markFocus(): void {
		this.#canvas.querySelector(".focused")?.classList.remove("focused");
		const box = this.#focus === null ? undefined : this.#boxes.get(this.#focus);
		box?.classList.add("focused");
		if (box === undefined) this.element.removeAttribute("aria-activedescendant");
		else this.element.setAttribute("aria-activedescendant", box.id);
	}
}

function nodeOf(target: EventTarget | null): number | null {
	const box = target instanceof Element ? target.closest("[data-node]") : null;
	return box instanceof HTMLElement ? Number(box.dataset.node) : null;
}
