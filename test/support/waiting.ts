/** Calls back once `delayMs` have really passed: timers may fire a little early. */
export function afterReally(delayMs: number, action: () => void): void {
	const since = performance.now();
	const act = (): void => {
		if (performance.now() - since < delayMs) setTimeout(act, 1);
		else action();
	};
	if (delayMs === 0) action();
	else setTimeout(act, delayMs);
}

/** NaN of none. */
export function medianOf(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[sorted.length >> 1] ?? Number.NaN;
}
