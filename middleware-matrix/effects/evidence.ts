/** What one set of processes says of one metric. */
export interface EvidenceOfSet {
	/** Which part of the design was measured, from 0. */
	readonly block: number;
	/**
	 * By cell of the design, in the unit of the metric; null where the cell is not in the block or was not measured.
	 */
	readonly values: readonly (number | null)[];
}
