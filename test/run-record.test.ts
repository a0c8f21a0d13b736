import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type * as z from "zod";
import { runRecordSchema } from "#src/model/run.js";
import { projectRoot } from "#src/process/entry-point.js";
import { wrap } from "#src/report/terminal/table.js";

type Schema = z.core.$ZodType;
type Fields = Map<string, Set<string>>;

/** Whose figures have a page of their own: docs/findings.md. */
const ELSEWHERE = "findings";
const WIDTH = 120;

/** A schema, and where in the record it stands. */
type Part = readonly [Schema, place: string];

/** What a schema is made of; fields of an object are told to `meet`. */
function partsOf([schema, place]: Part, meet: (name: string) => void): readonly Part[] {
	const { def } = (schema as z.core.$ZodTypes)._zod;
	switch (def.type) {
		case "object":
			return Object.entries(def.shape).flatMap(([name, field]) => {
				meet(name);
				return name === ELSEWHERE ? [] : [[field, place === "" ? name : `${place}.${name}`] as const];
			});
		case "array":
			return [[def.element, `${place}[]`]];
		case "tuple":
			return def.items.map((item) => [item, place]);
		case "union":
			return def.options.map((option) => [option, place]);
		case "record":
			return [[def.valueType, `${place}{}`]];
		case "pipe":
			return [[def.in, place]];
		case "nullable":
		case "optional":
		case "readonly":
			return [[def.innerType, place]];
		case "string":
		case "number":
		case "boolean":
		case "literal":
		case "enum":
			return [];
		default:
			// A shape that nobody thought of here may have fields.
			throw new TypeError(`${place} is of the type ${def.type}`);
	}
}

/** The names of fields by the place of what holds them ("machine", "measurements[].cpu"); a shape that stands in several places, at its first. */
function fieldsByPlace(record: Schema): Fields {
	const fields: Fields = new Map();
	const seen = new Set<Schema>();
	const walk = (part: Part): void => {
		const [schema, place] = part;
		if (seen.has(schema)) return;
		seen.add(schema);
		for (const each of partsOf(part, (name) => fields.set(place, (fields.get(place) ?? new Set()).add(name))))
			walk(each);
	};
	walk([record, ""]);
	return fields;
}

const line = (place: string, names: readonly string[]): string =>
	wrap(
		`- ${place === "" ? "the record" : `\`${place}\``}: ${names.map((name) => `\`${name}\``).join(", ")}`,
		WIDTH,
		"  ",
	);

it("docs/run-record.md names every field where it stands", () => {
	const text = readFileSync(join(projectRoot, "docs", "run-record.md"), "utf8");
	const [, listed = ""] = text.split("## All fields by place\n");
	const fields = fieldsByPlace(runRecordSchema);
	expect(fields.size).toBeGreaterThan(50);
	expect(listed).toContain([...fields].map(([place, names]) => line(place, [...names])).join("\n"));
});
