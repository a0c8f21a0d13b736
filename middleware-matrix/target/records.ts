import { basename, dirname } from "node:path";
import type { SourcePlace } from "./framework.js";
import { placesOfFunctions } from "./function-place.js";
import type { LayerRecord } from "./layer-tree.js";
import { packageOf } from "./package-of.js";
import type { DescribedLayer } from "./protocol.js";
import { placeOfRegistration } from "./registration-place.js";

/** Packages whose code stands between a registration and the one who asked for it. */
const passedOver = ["fastify", "avvio", "fastify-plugin"];

/** @param withPlaces whether to look up where their code stands */
export function describeRecords(records: readonly LayerRecord[], withPlaces: boolean): DescribedLayer[] {
	const places = withPlaces ? placesOf(records) : records.map(() => null);
	const packages = places.map((place) => (place === null ? null : packageOf(place.file)));
	// By its package a plugin is called that has no name of its own, unless there are several.
	const onlyByPackage = onlyOnes(
		records.map(({ kind, givenName }, index) =>
			kind === "plugin" && givenName === null ? (packages[index]?.name ?? null) : null,
		),
	);
	return records.map((record, index) => {
		const place = places[index] ?? null;
		return {
			id: record.id,
			name: onlyByPackage[index] ?? nameOf(record, place, packages[index]?.name ?? null),
			kind: record.kind,
			parent: record.parent?.id ?? null,
			encapsulated: record.encapsulated,
			hooks: hooksOf(record, records),
			decorates: [...record.decorates],
			dependsOn: record.dependsOn,
			file: place?.file ?? null,
			line: place?.line ?? null,
			package: packages[index] ?? null,
		};
	});
}

function placesOf(records: readonly LayerRecord[]): (SourcePlace | null)[] {
	const exact = placesOfFunctions(records.map(({ source }) => source?.code ?? {}));
	return records.map(({ source }, index) => {
		return exact[index] ?? (source === null ? null : placeOfRegistration(source.registration, passedOver));
	});
}

/** The same, with null for those that come more than once. */
const onlyOnes = (names: readonly (string | null)[]): (string | null)[] =>
	names.map((name) => (names.filter((other) => other === name).length === 1 ? name : null));

function nameOf({ kind, givenName, id }: LayerRecord, place: SourcePlace | null, from: string | null): string {
	if (givenName !== null && !(kind === "hook" && !givenName.includes(" "))) return givenName;
	const where = place === null ? null : `${shortName(place.file, from)}:${place.line}`;
	return [givenName, where].filter((part) => part !== null).join(" ") || id;
}

/** Within a package the package tells more than a folder; index.js says nothing without its folder. */
function shortName(file: string, from: string | null): string {
	if (from !== null) return `${from}/${basename(file)}`;
	return /^index\.\w+$/.test(basename(file)) ? `${basename(dirname(file))}/${basename(file)}` : basename(file);
}

function hooksOf(record: LayerRecord, records: readonly LayerRecord[]): string[] {
	if (record.kind === "hook") return [...record.hooks];
	const own = records.filter(({ kind, parent }) => kind === "hook" && parent === record);
	return [...new Set(own.flatMap(({ hooks }) => [...hooks]))];
}
