/** Of rows; symmetric. */
export type Matrix = readonly (readonly number[])[];

/**
 * The inverse of a symmetric positive definite matrix by its Cholesky factor (Golub and Van Loan, Matrix Computations,
 * 4.2).
 */
export function inverseOf(matrix: Matrix): number[][] {
	const lower = choleskyFactor(matrix);
	const columns = matrix.map((_, column) => {
		const forward = new Array<number>(matrix.length).fill(0);
		for (let i = column; i < matrix.length; i++) {
			const row = lower[i] as number[];
			let rest = i === column ? 1 : 0;
			for (let k = column; k < i; k++) rest -= (row[k] as number) * (forward[k] as number);
			forward[i] = rest / (row[i] as number);
		}
		return forward;
	});
	// The inverse is L⁻ᵀ L⁻¹, and the columns are those of L⁻¹.
	return columns.map((a) => columns.map((b) => dot(a, b)));
}

/** Throws a RangeError where the matrix is not positive definite. */
function choleskyFactor(matrix: Matrix): number[][] {
	const lower: number[][] = [];
	for (const [i, source] of matrix.entries()) {
		const row: number[] = [];
		for (let j = 0; j <= i; j++) {
			const other = j === i ? row : (lower[j] as number[]);
			let rest = source[j] as number;
			for (let k = 0; k < j; k++) rest -= (row[k] as number) * (other[k] as number);
			if (j === i && !(rest > 0)) throw new RangeError("the matrix is not positive definite");
			row.push(j === i ? Math.sqrt(rest) : rest / (other[j] as number));
		}
		lower.push(row);
	}
	return lower;
}

export const times = (matrix: Matrix, vector: readonly number[]): number[] => matrix.map((row) => dot(row, vector));

export function dot(a: readonly number[], b: readonly number[]): number {
	let sum = 0;
	for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
	return sum;
}
