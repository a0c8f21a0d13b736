const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/**
 * A bar of at most `columns` characters: full up to what is sure, shaded up to where the interval ends. All in one unit, not
 * negative; `whole` is what fills all columns. Anything above zero shows at least an eighth of a column.
 */
export function costBar(
	value: { readonly sure: number; readonly atMost: number },
	whole: number,
	columns: number,
): string {
	if (whole <= 0) return "";
	const width = (size: number): number => Math.min(1, Math.max(0, size) / whole) * columns;
	const sure = width(value.sure);
	const full = Math.floor(sure);
	const part = eighths[Math.floor((sure - full) * 8)] ?? "";
	const solid = `${"█".repeat(full)}${part}`;
	const shaded = Math.max(0, Math.round(width(value.atMost)) - [...solid].length);
	const bar = `${solid}${"░".repeat(shaded)}`;
	return bar === "" && value.atMost > 0 ? "▏" : bar;
}
