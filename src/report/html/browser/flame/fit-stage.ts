/** What a stage that lies below the first screen is fitted into: itself scrolled to the top. */
const SCROLLED_TO = ".pair";

/** Gives the graph the height that is left of the screen; a deeper tree scrolls inside it. */
export function fitStage(): void {
	const stage = document.querySelector<HTMLElement>(".flame-stage");
	if (stage === null) return;
	const from = stage.closest(SCROLLED_TO)?.getBoundingClientRect().top ?? -window.scrollY;
	const top = stage.getBoundingClientRect().top - from;
	stage.style.setProperty("--stage-height", `${Math.max(320, window.innerHeight - top - 26)}px`);
}
