import * as z from "zod";
import { describeFrame } from "#src/analyse/call-tree/frame-kind.js";
import type { Frame } from "#src/model/call-tree.js";

/** How V8's inspector names a function, in CPU and heap profiles alike. */
export const callFrameSchema = z.object({
	functionName: z.string(),
	url: z.string(),
	/** Counted from 0; -1 where there is none. */
	lineNumber: z.number(),
	columnNumber: z.number(),
});

export const v8Frame = ({ functionName, url, lineNumber, columnNumber }: z.infer<typeof callFrameSchema>): Frame =>
	describeFrame({
		name: functionName,
		url,
		line: lineNumber < 0 ? null : lineNumber + 1,
		column: columnNumber < 0 ? null : columnNumber + 1,
	});
