/** What V8's log processor makes of a log (`node --prof-process --preprocess`), as far as it matters here. */
import * as z from "zod";

const sourceSchema = z.object({
	positions: z.string(),
	inlined: z.string(),
	/** The functions that `inlined` numbers: index into the log's `functions`, null where it was not found. */
	fns: z.array(z.number().nullable()),
});
/** Where the instructions of a piece of code come from; see zero-x-inlined.ts for the two tables. */
export type SourceTables = z.infer<typeof sourceSchema>;

const codeSchema = z.object({
	name: z.string(),
	/** JS, CODE, CPP, SHARED_LIB */
	type: z.string().optional(),
	/** Tier of JS code; Builtin, BytecodeHandler, RegExp … of V8's own. */
	kind: z.string().optional(),
	/** Of JS code. */
	source: sourceSchema.optional(),
});
export type Code = z.infer<typeof codeSchema>;

const tickSchema = z.object({
	/** µs on the log's clock. */
	tm: z.number(),
	/** V8's state, see vmStates. */
	vm: z.number(),
	/** Pairs from the leaf outwards: index into `code` and position in it, or −1 and the address. */
	s: z.array(z.number()),
});
export type Tick = z.infer<typeof tickSchema>;

export const preprocessedLogSchema = z.object({
	code: z.array(codeSchema),
	/** JavaScript functions, whatever code they have; named as their code is. */
	functions: z.array(z.object({ name: z.string() })),
	ticks: z.array(tickSchema),
});
export type PreprocessedLog = z.infer<typeof preprocessedLogSchema>;

/** V8's StateTag (v8-unwinder.h), the same in Node 20 to 24. */
export const vmStates = { gc: 1, parser: 2, bytecodeCompiler: 3, compiler: 4, idle: 8, logging: 9 } as const;
