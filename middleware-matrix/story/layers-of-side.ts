import { attributeToLayers } from "#matrix/attribution/attribution.js";
import { hasPlace } from "#matrix/attribution/places.js";
import { describeStack } from "#matrix/discovery/describe-stack.js";
import { environmentFor } from "#matrix/discovery/environment.js";
import { layersOfStack } from "#matrix/discovery/layers-of-stack.js";
import { layersOf } from "#matrix/discovery/stack.js";
import { withEnvironment } from "#matrix/discovery/without-layers.js";
import { describeFrame } from "#src/analyse/call-tree/frame-kind.js";
import type { OpenRun } from "#src/investigate/open-run.js";
import { END_GRACE_MS } from "#src/investigate/process-start.js";
import type { SideLayers } from "#src/model/side-layers.js";
import type { EndpointRequest } from "#src/target/endpoint.js";
import type { TargetSpec } from "#src/target/target.js";

/**
 * The layers of one side of a comparison on the way of a request, and whose the functions of its profiles are. The side is started once,
 * as it is, and asked. Null where it has none that are known, or could not be started for that.
 */
export async function layersOfSide(
	run: OpenRun,
	endpoint: EndpointRequest,
	spec: TargetSpec,
	label: string,
): Promise<SideLayers | null> {
	try {
		const options = { label: `${label}-layers`, endGraceMs: END_GRACE_MS };
		const target = withEnvironment(spec, environmentFor({ mode: "discover" }));
		const stack = await run.withTarget(endpoint, options, describeStack, target);
		const layers = layersOfStack(stack, endpoint).filter((layer) => layer.keptIn === null && hasPlace(layer));
		const [parts, factors] = [layersOf(stack, null), layers.map(({ id }) => ({ name: id, layers: [id] }))];
		return {
			layers: layers.map(({ id, name, file, line }) => ({
				id,
				frame: describeFrame({ name, url: file ?? "", line, column: null }),
			})),
			ticksOf: (tree) => attributeToLayers(tree, parts, factors).ticks,
		};
	} catch {
		run.plan.signal.throwIfAborted();
		return null;
	}
}
