/** One line of a list of figures: what, how much, and what is to be known beside it. */
export interface ReportFigure {
	readonly label: string;
	readonly text: string;
	readonly note: string | null;
	/** True for what ought to be looked at. */
	readonly alarming?: boolean;
}
