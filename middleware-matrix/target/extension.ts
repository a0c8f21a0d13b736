/**
 * What the agent loads into a target whose layers are looked at. It imports nothing but Node and its own folder, and is
 * told what to do by the environment, since that must be known before the application's first line.
 */
import process from "node:process";
import { watchFastify } from "./fastify.js";
import type { WatchedFramework, WatchFramework } from "./framework.js";
import { LAYER_ORDER_VARIABLE, type LayerOrder, type StackDescription } from "./protocol.js";

const frameworks: readonly WatchFramework[] = [watchFastify];

const unknownFramework: StackDescription = { framework: null, layers: [], routes: [], answered: [] };

const order = JSON.parse(process.env[LAYER_ORDER_VARIABLE] ?? '{"mode":"discover"}') as LayerOrder;
const watched = frameworks.map((watch) => watch(order));

const used = (): WatchedFramework | undefined => watched.find((framework) => framework.isUsed());

/** For the agent: "layers.describe" and, in mode toggle, "layers.toggle" { off: ids }. */
export const methods: Record<string, (params: Record<string, unknown>) => unknown> = {
	"layers.describe": () => used()?.describe() ?? unknownFramework,
	"layers.toggle": ({ off }) => {
		if (order.mode !== "toggle") throw new Error(`layers cannot be switched: it was started in mode ${order.mode}`);
		if (!Array.isArray(off)) throw new Error("off is not a list of ids");
		const framework = used();
		if (framework === undefined) throw new Error("layers cannot be switched: no framework that is known was loaded");
		framework.toggle(new Set(off as string[]));
		return null;
	},
};
