/** How the two sides of a difference are called. */
export interface DifferenceWords {
	readonly base: SideWords;
	readonly head: SideWords;
}

interface SideWords {
	/** "Base": the head of a column. */
	readonly column: string;
	/** "in base": where something costs so much, or is seen only. */
	readonly place: string;
}

export const versionWords: DifferenceWords = {
	base: { column: "Base", place: "in base" },
	head: { column: "Head", place: "in head" },
};

const bare: SideWords = { column: "Bare", place: "in bare" };

export const layerWords: DifferenceWords = {
	base: bare,
	head: { column: "With it", place: "with the layer" },
};

export const allLayersWords: DifferenceWords = {
	base: bare,
	head: { column: "All", place: "with all layers" },
};
