import { button, el } from "#src/report/html/browser/dom.js";
import type { PageData } from "#src/report/html/page-data.js";

/** Between two looks where what was due is late. */
const LATE_MS = 10_000;

/**
 * Says that the run goes on, and loads the page again when there should be more in its file: a page from disk cannot ask. Whoever has
 * begun to work with it is asked first, as zoom and search would be lost.
 */
export function preliminaryBanner({ title, nextAtMs, untilMs }: NonNullable<PageData["preliminary"]>): HTMLElement {
	const state = el("span");
	const banner = el("p", { class: "preliminary", role: "status" }, el("b", {}, `${title}. `), state);
	if (Date.now() > untilMs) {
		state.append("The run has not come to its end.");
		return banner;
	}
	state.append("The run goes on; this page shows more when there is more.");
	let isRead = false;
	for (const event of ["pointerdown", "keydown"] as const) {
		addEventListener(event, () => {
			isRead = true;
		});
	}
	setTimeout(
		() => {
			if (!isRead) location.reload();
			else
				state.replaceChildren(
					"There may be more by now. ",
					button({}, "Show it", () => location.reload()),
				);
		},
		Math.max(LATE_MS, nextAtMs - Date.now()),
	);
	return banner;
}
