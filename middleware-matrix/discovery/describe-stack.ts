import * as z from "zod";
import type { StackDescription } from "#matrix/target/protocol.js";
import { KnownError } from "#src/errors.js";
import type { RunningTarget } from "#src/target/target.js";

const id = z.string().nullable();
const nameAndVersion = { name: z.string(), version: z.string() };

const stackSchema = z.object({
	framework: z.object(nameAndVersion).nullable(),
	layers: z.array(
		z.object({
			id: z.string(),
			name: z.string(),
			kind: z.enum(["plugin", "hook"]),
			parent: id,
			encapsulated: z.boolean(),
			hooks: z.array(z.string()),
			decorates: z.array(z.string()),
			dependsOn: z.array(z.string()),
			file: z.string().nullable(),
			line: z.number().int().positive().nullable(),
			package: z.object({ name: z.string(), version: z.string().nullable() }).nullable(),
		}),
	),
	routes: z.array(z.object({ method: z.string(), url: z.string(), within: id })),
	answered: z.array(z.object({ method: z.string(), url: z.string() })),
}) satisfies z.ZodType<StackDescription>;

/**
 * The layers of a target that was started with `environmentFor`. Places in the source and answered routes are there in mode discover
 * only. Of a target without an agent nothing is known: it is described as one without a framework.
 * @throws KnownError where the target is gone, or says something else
 */
export async function describeStack(target: RunningTarget): Promise<StackDescription> {
	if (target.agent === null) return { framework: null, layers: [], routes: [], answered: [] };
	const parsed = stackSchema.safeParse(await target.agent.call("layers.describe"));
	if (parsed.success) return parsed.data;
	throw new KnownError({
		code: "TARGET_ANSWER",
		what: "the target describes its layers in a way that is not understood",
		details: parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`),
	});
}
