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
	return records.map((record, index) => {
		const place = places[index] ?? null;
		return {
			id: record.id,
			name: nameOf(record, place),
			kind: record.kind,
			parent: record.parent?.id ?? null,
			encapsulated: record.encapsulated,
			hooks: hooksOf(record, records),
			decorates: [...record.decorates],
			dependsOn: record.dependsOn,
			file: place?.file ?? null,
			line: place?.line ?? null,
			package: place === null ? null : packageOf(place.file),
		};
	});
}

function placesOf(records: readonly LayerRecord[]): (SourcePlace | null)[] {
	const exact = placesOfFunctions(records.map(({ source }) => source?.code ?? {}));
	return records.map(({ source }, index) => {
		return exact[index] ?? (source === null ? null : placeOfRegistration(source.registration, passedOver));
	});
}

function nameOf({ kind, givenName, id }: LayerRecord, place: SourcePlace | null): string {
	if (givenName !== null && !(kind === "hook" && !givenName.includes(" "))) return givenName;
	const where = place === null ? null : `${shortName(place.file)}:${place.line}`;
	return [givenName, where].filter((part) => part !== null).join(" ") || id;
}

/** index.js says nothing without its folder. */
function shortName(file: string): string {
	return /^index\.\w+$/.test(basename(file)) ? `${basename(dirname(file))}/${basename(file)}` : basename(file);
}

function hooksOf(record: LayerRecord, records: readonly LayerRecord[]): string[] {
	if (record.kind === "hook") return [...record.hooks];
	const own = records.filter(({ kind, parent }) => kind === "hook" && parent === record);
	return [...new Set(own.flatMap(({ hooks }) => [...hooks]))];
}
