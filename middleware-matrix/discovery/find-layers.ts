import type { LayerSetting } from "#matrix/settings/layer-setting.js";
import type { StackDescription } from "#matrix/target/protocol.js";
import { KnownError } from "#src/errors.js";
import type { OpenRun } from "#src/investigate/open-run.js";
import { END_GRACE_MS } from "#src/investigate/process-start.js";
import type { RunPlan } from "#src/investigate/run.js";
import type { Factor, Layer, Stack } from "#src/model/matrix.js";
import type { Answer } from "#src/target/answer.js";
import { type EndpointRequest, endpointName } from "#src/target/endpoint.js";
import type { TargetSpec } from "#src/target/target.js";
import { askTarget } from "./ask-target.js";
import { chooseLayers, type LayerChoice, layersNamed } from "./choose-layers.js";
import { describeStack } from "./describe-stack.js";
import { environmentFor } from "./environment.js";
import { layersOfStack } from "./layers-of-stack.js";
import { findFactors } from "./leave-out.js";
import { layersOf } from "./stack.js";
import { Trials } from "./try-without.js";
import { byFramework, bySettings, type WithoutLayers, withEnvironment } from "./without-layers.js";

export interface DiscoveryPlan extends Pick<RunPlan, "target" | "say" | "signal">, LayerChoice {
	readonly endpoint: EndpointRequest;
	/** Layers that the user says how to switch; empty: those of the framework. */
	readonly settings: readonly LayerSetting[];
	/** Names or ids of layers that are left out although the answer is another one without them. */
	readonly allow: readonly string[];
}

/** What the matrix is made of. */
export interface FoundLayers {
	/** All layers, in the order of registration, with the reason for those that stay in every variant. */
	readonly stack: Stack;
	/** The same without folding what is registered within a layer into it; for telling whose a function is. */
	readonly parts: readonly Layer[];
	readonly factors: readonly Factor[];
	readonly target: WithoutLayers;
	/** The answer of the whole target. */
	readonly whole: Answer;
	/** Memory of one process after its first answer; null where it cannot be known. */
	readonly residentBytes: number | null;
	/** From the start of the whole target to its first answer. */
	readonly startMs: number;
}

/**
 * Finds the layers of the target and, by trying, which of them can be left out.
 * @param keep is handed what is known of them by now, so that it survives when trying ends early
 * @throws KnownError where there is none to switch, or a name is not known; the signal's reason where the run is interrupted
 */
export async function findLayers(
	run: OpenRun,
	plan: DiscoveryPlan,
	keep: (stack: Stack) => void,
): Promise<FoundLayers> {
	plan.say("looking for layers");
	const named = plan.settings.length === 0 ? null : chooseLayers(plan.settings.map(layerOfSetting), plan);
	const first = await lookAt(run, plan, named !== null);
	const chosen = named ?? chooseLayers(layersOfStack(first.described, plan.endpoint), plan);
	const framework = first.described?.framework ?? null;
	keep({ framework, layers: chosen });
	const switchable = chosen.filter(({ keptIn }) => keptIn === null);
	if (switchable.length === 0) throw nothingToSwitch(chosen, plan);
	const target = named === null ? byFramework(plan.target) : bySettings(plan.target, plan.settings);
	const allowed = layersNamed(plan.allow, chosen, "--allow");
	const trials = new Trials(run, plan, { target, whole: first.whole, allowed });
	const { factors, needed } = await findFactors(switchable, (ids) => trials.without(ids), run.world.cores);
	const layers = chosen.map((layer): Layer => ({ ...layer, keptIn: needed.get(layer.id) ?? layer.keptIn }));
	keep({ framework, layers });
	if (factors.length === 0) throw nothingToSwitch(layers, plan);
	return {
		stack: { framework, layers },
		parts: first.described === null ? layers : layersOf(first.described, null),
		factors: factors.map((factor) => {
			const answerDiffers = factor.layers.map((id) => trials.differences.get(id)).find((each) => each !== undefined);
			return answerDiffers === undefined ? factor : { ...factor, answerDiffers };
		}),
		target,
		whole: first.whole,
		residentBytes: first.residentBytes,
		startMs: first.startMs,
	};
}

interface WholeTarget {
	readonly whole: Answer;
	/** Null where its layers are named, or it is not Node. */
	readonly described: StackDescription | null;
	readonly residentBytes: number | null;
	readonly startMs: number;
}

/** Starts the target once, as it is. */
function lookAt(run: OpenRun, plan: DiscoveryPlan, isNamed: boolean): Promise<WholeTarget> {
	const { world } = run;
	const beganMs = world.now();
	const target: TargetSpec = isNamed ? plan.target : withEnvironment(plan.target, environmentFor({ mode: "discover" }));
	return run.withTarget(
		plan.endpoint,
		{ label: "discovery", endGraceMs: END_GRACE_MS },
		async (running) => ({
			whole: await askTarget(world, running, plan.endpoint, plan.signal),
			startMs: world.now() - beganMs,
			described: isNamed || running.agent === null ? null : await describeStack(running),
			residentBytes: world.residentBytes(running.pid),
		}),
		target,
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

function nothingToSwitch(layers: readonly Layer[], { endpoint }: DiscoveryPlan): KnownError {
	return new KnownError({
		code: "TARGET_ANSWER",
		what: `there is no layer to switch on ${endpointName(endpoint)}`,
		why: layers.length === 0 ? "the application registers no plugin and no hook" : "all that were found stay in",
		fix:
			changing(layers) ??
			"matrix --list shows what there is; --layer name=env:VAR=0 names one that only the application knows",
	});
}

/** What may be done where a layer stays in as the answer is another one without it; null where there is none. */
function changing(layers: readonly Layer[]): string | null {
	const found = layers.find(({ keptIn }) => keptIn?.reason === "needed" && keptIn.without.kind === "other answer");
	return found === undefined ? null : `--allow ${found.name} measures that one although the answer changes without it`;
}
