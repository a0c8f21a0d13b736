import type { Window } from "#src/model/measurement.js";

/** What one client alone was measured to wait behind a window, as a window beside it; null where that was not measured. */
function lightOf(window: Window): Window | null {
	if (window.light === undefined) return null;
	const { light, allocation: _, hlogFile: __, within: ___, ...frame } = window;
	return { ...frame, ...light, id: `light ${window.id.replace(/^clean /, "")}`, cpu: null, series: [], tallies: {} };
}

/** Each window, and before it what one client alone waits for. */
export const withLight = (windows: readonly Window[]): Window[] =>
	windows.flatMap((window) => [lightOf(window) ?? [], window].flat());
