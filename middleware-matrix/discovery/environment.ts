import { pathToFileURL } from "node:url";
import { LAYER_ORDER_VARIABLE, type LayerOrder } from "#matrix/target/protocol.js";
import { builtFile } from "#src/process/entry-point.js";

/** Where the agent finds what it has to load besides itself. */
const EXTENSION_VARIABLE = "AZ_PROF_AGENT_EXTENSION";

/** Additions to the environment of a target whose layers are looked at, left out or switched. */
export function environmentFor(order: LayerOrder): Record<string, string> {
	return {
		[EXTENSION_VARIABLE]: extension(),
		[LAYER_ORDER_VARIABLE]: JSON.stringify(order),
	};
}

let known: string | undefined;

/** Asked for at every start of every variant. */
function extension(): string {
	known ??= pathToFileURL(builtFile("matrix/target/extension")).href;
	return known;
}
