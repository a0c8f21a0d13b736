import * as z from "zod";
import type { Immutable } from "./immutable.js";

const jsonTypes = ["null", "list", "object", "string", "number", "boolean"] as const;
export type JsonType = (typeof jsonTypes)[number];

/** Below the body, as one writes it in JavaScript: "", ".items[0].id". */
const path = z.string();

/** What tells the answers of two targets apart, the first as `base`, the other as `head`: status, type, shape or length. */
export const answerDifferenceSchema = z.discriminatedUnion("kind", [
	z.object({ kind: z.literal("status"), base: z.number(), head: z.number() }),
	/** Without parameters; null where there is none. */
	z.object({ kind: z.literal("content type"), base: z.string().nullable(), head: z.string().nullable() }),
	/** Of bodies that are not JSON. */
	z.object({ kind: z.literal("length"), baseCharacters: z.number(), headCharacters: z.number() }),
	z.object({ kind: z.literal("JSON type"), path, base: z.enum(jsonTypes), head: z.enum(jsonTypes) }),
	z.object({ kind: z.literal("elements"), path, base: z.number(), head: z.number() }),
	z.object({ kind: z.literal("key"), path, key: z.string(), onlyIn: z.enum(["base", "head"]) }),
]);
export type AnswerDifference = Immutable<z.infer<typeof answerDifferenceSchema>>;
