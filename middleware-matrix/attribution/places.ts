import { packageOfPath } from "#src/analyse/call-tree/frame-kind.js";
import type { Frame } from "#src/model/call-tree.js";
import type { Layer } from "#src/model/matrix.js";

/**
 * The layers that a function may belong to by where it stands: none, one, or several that the place cannot tell apart.
 */
export type Candidates = readonly Layer[];

/** Knows where the code of each layer stands. */
export class LayerPlaces {
	/** By the file that its line is in. */
	readonly #byFile: ReadonlyMap<string, readonly Layer[]>;
	/** By the files of what is registered within it. */
	readonly #byInnerFile: ReadonlyMap<string, readonly Layer[]>;
	readonly #byPackage: ReadonlyMap<string, readonly Layer[]>;

	constructor(layers: readonly Layer[]) {
		this.#byFile = groupBy(layers, ({ file }) => (file === null ? [] : [file]));
		this.#byInnerFile = groupBy(layers, ({ file, files }) => files.filter((each) => each !== file));
		this.#byPackage = groupBy(layers, ({ file, files }) =>
			[...(file === null ? [] : [file]), ...files].flatMap(packageOf),
		);
	}

	/**
	 * Layers of exactly this function: they begin on its line. Several on one line are told apart by the function's
	 * name.
	 */
	beginningAt(frame: Frame): Candidates {
		const here = this.#inFile(frame).filter(({ line }) => line !== null && line === frame.line);
		const named = here.filter(({ name }) => isWordIn(frame.name, name));
		return here.length > 1 && named.length > 0 ? named : here;
	}

	/**
	 * Layers of the function's file, else of its package. A hook of an application's file is its own function only. Of
	 * several plugins in one file a function belongs to the last that begins above it, and what stands above them all to
	 * the one that has all others within it.
	 */
	around(frame: Frame): Candidates {
		const here = this.#inFile(frame);
		const above = here.filter(
			({ kind, line }) => kind === "plugin" && line !== null && frame.line !== null && line <= frame.line,
		);
		const last = Math.max(...above.map(({ line }) => line ?? 0));
		if (above.length > 0) return above.filter(({ line }) => line === last);
		const outermost = here.filter(({ parent }) => !here.some(({ id }) => id === parent));
		if (outermost.length === 1 && outermost[0]?.kind === "plugin") return outermost;
		return (
			this.#byInnerFile.get(frame.file ?? "") ??
			(frame.package === null ? [] : (this.#byPackage.get(frame.package) ?? []))
		);
	}

	#inFile({ file }: Frame): readonly Layer[] {
		return file === null ? [] : (this.#byFile.get(file) ?? []);
	}
}

/** False for a layer that only a setting switches: nobody knows its code. */
export const hasPlace = ({ file, files }: Layer): boolean => file !== null || files.length > 0;

/** An application is a package too, but its code is not one layer's. */
const packageOf = (file: string): string[] => {
	const name = packageOfPath(file);
	return name === null ? [] : [name];
};

const isWordIn = (word: string, text: string): boolean => text.split(/[\s()]+/).includes(word);

function groupBy(layers: readonly Layer[], keysOf: (layer: Layer) => readonly string[]): Map<string, Layer[]> {
	const groups = new Map<string, Layer[]>();
	for (const layer of layers) {
		for (const key of new Set(keysOf(layer))) groups.set(key, [...(groups.get(key) ?? []), layer]);
	}
	return groups;
}
