import {
	type DescribedLayer,
	LAYER_ORDER_VARIABLE,
	type LayerOrder,
	type StackDescription,
} from "#matrix/target/protocol.js";
import type { Start, TargetTruth } from "./target.js";
import { healthy } from "./target.js";

/** What one layer adds to a request. */
interface LayerTruth {
	readonly cpuNs: number;
	readonly bytes?: number;
	/** Awaited, without work. */
	readonly waitsNs?: number;
	readonly dependsOn?: readonly string[];
}

/** An application whose layers cost what is said here. */
export interface SimulatedApplication {
	/** By name, in the order of registration. */
	readonly layers: Readonly<Record<string, LayerTruth>>;
	/** What all layers cost beyond their sum. */
	readonly togetherNs?: number;
	/** What becomes of a process in which these are off. */
	becomes?(off: ReadonlySet<string>, start: Start): Partial<TargetTruth>;
}

const BARE = { cpuNs: 50_000, bytes: 2_000 };
/** Switches a layer off, where its layers are named by the user. */
export const variableOf = (layer: string): string => `${layer.toUpperCase()}_LAYER`;

/** What is true of every process of the application, by how it is started. */
export function truthOf(app: SimulatedApplication): (start: Start) => Partial<TargetTruth> {
	const names = Object.keys(app.layers);
	const withOff = (off: ReadonlySet<string>, start: Start): Partial<TargetTruth> => {
		const on = names.filter((name) => !off.has(name)).map((name) => app.layers[name] as LayerTruth);
		return {
			cpuNs: on.reduce((sum, { cpuNs }) => sum + cpuNs, BARE.cpuNs + (off.size === 0 ? (app.togetherNs ?? 0) : 0)),
			bytes: on.reduce((sum, { bytes = 0 }) => sum + bytes, BARE.bytes),
			latencyNs: on.reduce((sum, { waitsNs = 0 }) => sum + waitsNs, healthy.latencyNs),
			tailNs: on.reduce((sum, { waitsNs = 0 }) => sum + waitsNs, healthy.tailNs),
			// What a process was may have ended with the layers that it had.
			limitedShare: healthy.limitedShare,
			answer: healthy.answer,
			...app.becomes?.(off, start),
		};
	};
	return (start) => {
		const env = start.spec.kind === "url" ? {} : start.spec.env;
		const order: LayerOrder | null =
			env[LAYER_ORDER_VARIABLE] === undefined ? null : JSON.parse(env[LAYER_ORDER_VARIABLE]);
		const off = order?.mode === "absent" ? order.without : names.filter((name) => env[variableOf(name)] === "0");
		return {
			...withOff(new Set(off), start),
			agent: {
				"layers.describe": () => describe(app),
				"layers.toggle": (params, target) => target.become(withOff(new Set(params.off as string[]), start)),
			},
		};
	};
}

function describe({ layers }: SimulatedApplication): StackDescription {
	const described = Object.entries(layers).map(
		([name, { dependsOn = [] }]): DescribedLayer => ({
			id: name,
			name,
			kind: "plugin",
			parent: null,
			encapsulated: false,
			hooks: ["onRequest"],
			decorates: [],
			dependsOn,
			file: `/code/${name}.js`,
			line: 1,
			package: null,
		}),
	);
	const route = { method: "GET", url: "/items" };
	return {
		framework: { name: "fastify", version: "5.0.0" },
		layers: described,
		routes: [{ ...route, within: null }],
		answered: [route],
	};
}
