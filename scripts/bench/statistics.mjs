// What the benchmarks say of a handful of rounds: medians with the interval that holds whatever the distribution is.

const ascending = (list) => [...list].sort((a, b) => a - b);

export function median(list) {
	const sorted = ascending(list);
	const middle = sorted.length >> 1;
	return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The pair of order statistics that encloses the median with at least 95 % confidence; null below six values. */
export function medianInterval(list) {
	const sorted = ascending(list);
	const n = sorted.length;
	let tail = 0;
	let choose = 1;
	let cut = 0;
	for (let k = 0; k < n / 2; k++) {
		tail += choose / 2 ** n;
		if (tail > 0.025) break;
		cut = k + 1;
		choose = (choose * (n - k)) / (k + 1);
	}
	return cut === 0 ? null : [sorted[cut - 1], sorted[n - cut]];
}

/** What the brackets of `spread` are, for so many rounds. */
export const bracketsOf = (rounds) =>
	rounds < 6 ? "smallest and largest value" : "95 % interval from order statistics";

/** "median [low … high]"; "–" where a round has no such figure. */
export function spread(list, format) {
	if (list.length === 0 || list.some((value) => value === null || !Number.isFinite(value))) return "–";
	const interval = medianInterval(list) ?? [Math.min(...list), Math.max(...list)];
	return `${format(median(list))} [${interval.map(format).join(" … ")}]`;
}

export const whole = (value) => Math.round(value).toLocaleString("en-US");
export const tenths = (value) => value.toFixed(1);
export const hundredths = (value) => value.toFixed(2);
