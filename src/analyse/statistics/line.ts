/** The straight line of least squares through some points. */
export interface Line {
	readonly slope: number;
	/** Where x is 0. */
	readonly at0: number;
	/** Of the slope, from the residuals; 0 with fewer than three points. */
	readonly standardError: number;
	/** The share of the variance of y that the line explains. */
	readonly explained: number;
}

/** Flat where all points have the same x. */
export function lineThrough(points: readonly (readonly [x: number, y: number])[]): Line {
	const n = points.length;
	const meanX = sum(points, ([x]) => x) / n;
	const meanY = sum(points, ([, y]) => y) / n;
	const xx = sum(points, ([x]) => (x - meanX) ** 2);
	const xy = sum(points, ([x, y]) => (x - meanX) * (y - meanY));
	const yy = sum(points, ([, y]) => (y - meanY) ** 2);
	const slope = xx === 0 ? 0 : xy / xx;
	const residual = sum(points, ([x, y]) => (y - meanY - slope * (x - meanX)) ** 2);
	return {
		slope,
		at0: meanY - slope * meanX,
		standardError: xx === 0 || n < 3 ? 0 : Math.sqrt(residual / (n - 2) / xx),
		explained: yy === 0 ? 0 : (slope * xy) / yy,
	};
}

const sum = <Point>(points: readonly Point[], figure: (point: Point) => number): number =>
	points.reduce((total, point) => total + figure(point), 0);
