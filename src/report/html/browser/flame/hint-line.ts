import { el } from "#src/report/html/browser/dom.js";

/** What the keys and the mouse do in a flamegraph, and what a mark in it means. */
export const hintLine = (mark: string | null): HTMLElement =>
	el(
		"p",
		{ class: "muted" },
		el("span", { class: "keys" }, "Click or Enter zooms · arrow keys move · Esc resets · / searches"),
		mark === null ? null : el("span", { class: "mark-note" }, mark),
	);
