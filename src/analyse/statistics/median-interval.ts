/**
 * The pair of order statistics that encloses the median with at least 95 % confidence, whatever the distribution is (David and Nagaraja
 * 2003, Order Statistics, 7.1). Null below six values.
 */
export function medianInterval(values: readonly number[]): readonly [low: number, high: number] | null {
	const sorted = [...values].sort((a, b) => a - b);
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
	const [low, high] = [sorted[cut - 1], sorted[n - cut]];
	return low === undefined || high === undefined ? null : [low, high];
}
