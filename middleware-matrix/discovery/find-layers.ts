import { availableParallelism } from "node:os";
import type { LayerSetting } from "#matrix/settings/layer-setting.js";
import type { MatrixPlan } from "#matrix/story/plan.js";
import { TakingTurns } from "#matrix/story/shared-port.js";
import { residentBytesOf } from "#matrix/story/side-by-side.js";
import { absentSwitching, type Switching, settingsSwitching, withEnvironment } from "#matrix/story/switching.js";
import type { StackDescription } from "#matrix/target/protocol.js";
import { KnownError, usageError } from "#src/errors.js";
import { END_GRACE_MS } from "#src/investigate/process-start.js";
import { endpointName, type Run } from "#src/investigate/run.js";
import type { Factor, Layer, Matrix } from "#src/model/matrix.js";
import { nearest } from "#src/nearest.js";
import { type Answer, fetchAnswer } from "#src/target/answer.js";
import type { EndpointRequest } from "#src/target/endpoint.js";
import { describeStack } from "./describe-stack.js";
import { environmentFor } from "./environment.js";
import { type AnswerWithout, findFactors } from "./leave-out.js";
import { layersOf } from "./stack.js";

/** What the matrix is made of. */
export interface FoundLayers {
	readonly framework: Matrix["framework"];
	/** All of them, in the order of registration, with the reason for those that stay in every variant. */
	readonly layers: readonly Layer[];
	/** The same without folding what is registered within a layer into it; for telling whose a function is. */
	readonly parts: readonly Layer[];
	readonly factors: readonly Factor[];
	readonly switching: Switching;
	/** The answer of the whole target. */
	readonly whole: Answer;
	/** Resident memory of one process after its first answer; null where /proc does not tell. */
	readonly residentBytes: number | null;
}

/**
 * Finds the layers of the target and, by trying, which of them can be left out.
 * @throws KnownError where there is none to switch, or a name is not known
 */
export async function findLayers(run: Run, plan: MatrixPlan): Promise<FoundLayers> {
	const bySetting = plan.settings.length > 0;
	plan.say("looking for layers");
	const target = bySetting ? plan.target : withEnvironment(plan.target, environmentFor({ mode: "discover" }));
	const first = await run.withTarget(
		plan.endpoint,
		{ label: "discovery", endGraceMs: END_GRACE_MS },
		async (running) => ({
			whole: await fetchAnswer(running.origin, plan.endpoint),
			stack: bySetting || running.agent === null ? null : await describeStack(running),
			residentBytes: residentBytesOf(running.pid),
		}),
		target,
	);
	const all = bySetting ? plan.settings.map(layerOfSetting) : layersOfStack(first.stack, plan.endpoint);
	const chosen = choose(all, plan);
	const switchable = chosen.filter(({ keptIn }) => keptIn === null);
	if (switchable.length === 0) throw nothingToSwitch(chosen, plan);
	const switching = bySetting ? settingsSwitching(plan.target, plan.settings) : absentSwitching(plan.target);
	const trial = await findFactors(switchable, first.whole, answerWithout(run, plan, switching), availableParallelism());
	const layers = chosen.map((layer): Layer => {
		const reason = trial.needed.get(layer.id);
		return reason === undefined
			? layer
			: { ...layer, keptIn: { reason: "needed", sentence: `cannot be left out: ${reason}` } };
	});
	if (trial.factors.length === 0) throw nothingToSwitch(layers, plan);
	return {
		framework: first.stack?.framework ?? null,
		layers,
		parts: first.stack === null ? layers : layersOf(first.stack, null),
		factors: trial.factors,
		switching,
		whole: first.whole,
		residentBytes: first.residentBytes,
	};
}

/** Starts the target without these layers, as it would be measured, and asks once. */
function answerWithout(run: Run, plan: MatrixPlan, switching: Switching): AnswerWithout {
	const turns = new TakingTurns();
	return (layerIds) => {
		plan.signal.throwIfAborted();
		plan.say(`trying without ${layerIds.length === 1 ? layerIds[0] : `${layerIds.length} layers`}`);
		return turns.run(() =>
			run.withTarget(
				plan.endpoint,
				{ label: "trial", pinWhenReady: true, endGraceMs: END_GRACE_MS },
				(target) => fetchAnswer(target.origin, plan.endpoint),
				switching.without(layerIds),
			),
		);
	};
}

/**
 * The layers of a described stack, as the route that answered the endpoint sees them.
 * @param endpoint null: no route is looked at
 */
export function layersOfStack(stack: StackDescription | null, endpoint: EndpointRequest | null): Layer[] {
	if (stack === null || stack.framework === null) {
		throw new KnownError({
			code: "TARGET_ANSWER",
			what: "the target's layers cannot be found",
			why: stack === null ? "it is not a Node process" : "it does not use a framework that az-prof knows (Fastify)",
			fix: "say how each is switched off: --layer cors=env:CORS=0 or --layer cors=flag:--no-cors",
		});
	}
	return layersOf(
		stack,
		endpoint === null ? null : (stack.answered[0] ?? { method: endpoint.method, url: endpoint.path }),
	);
}

const layerOfSetting = ({ name }: LayerSetting, order: number): Layer => ({
	id: name,
	name,
	kind: "setting",
	parent: null,
	order,
	hooks: [],
	decorates: [],
	dependsOn: [],
	routes: 0,
	file: null,
	line: null,
	package: null,
	files: [],
	keptIn: null,
});

/** Marks what the user left out of the design. */
function choose(layers: readonly Layer[], { only, skip }: MatrixPlan): Layer[] {
	const wanted = only === null ? null : new Set(only.flatMap((name) => idsOf(name, layers, "--only")));
	const unwanted = new Set(skip.flatMap((name) => idsOf(name, layers, "--skip")));
	return layers.map((layer) => {
		const chosen = (wanted === null || wanted.has(layer.id)) && !unwanted.has(layer.id);
		if (chosen || layer.keptIn !== null) return layer;
		return { ...layer, keptIn: { reason: "not chosen", sentence: "stays in, as asked" } };
	});
}

function idsOf(name: string, layers: readonly Layer[], option: string): string[] {
	const found = layers.filter((layer) => layer.id === name || layer.name === name);
	if (found.length === 0) {
		const close = nearest(
			name,
			layers.map(({ id }) => id),
		);
		throw usageError(
			`${option} ${name}: there is no such layer`,
			`${close === undefined ? "" : `the nearest is ${close}; `}matrix --list shows all`,
		);
	}
	return found.map(({ id }) => id);
}

function nothingToSwitch(layers: readonly Layer[], { endpoint }: MatrixPlan): KnownError {
	return new KnownError({
		code: "TARGET_ANSWER",
		what: `there is no layer to switch on ${endpointName(endpoint)}`,
		why: layers.length === 0 ? "the application registers no plugin and no hook" : "all that were found stay in",
		fix: "matrix --list shows what there is; --layer name=env:VAR=0 names one that only the application knows",
		details: layers.map(({ id, keptIn }) => `${id}: ${keptIn?.sentence ?? ""}`),
	});
}
