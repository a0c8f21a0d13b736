import type { RunPlan } from "#src/investigate/run.js";
import type { Stack } from "#src/model/matrix.js";
import { makeTemporaryFolder } from "#src/process/temporary-folder.js";
import { keepFolder } from "#src/process/warden-line.js";
import type { EndpointRequest } from "#src/target/endpoint.js";
import { startTarget } from "#src/target/start-target.js";
import { describeStack } from "./describe-stack.js";
import { environmentFor } from "./environment.js";
import { layersOfStack } from "./layers-of-stack.js";
import { withEnvironment } from "./without-layers.js";

/** Without an endpoint any answer says that the server is up. */
const ANY_STATUS = Array.from({ length: 500 }, (_, index) => index + 100);

/**
 * The layers of a target, without measuring anything and without a run folder.
 * @param endpoint what its request passes decides which layers matter; null: all that there are
 * @throws KnownError where it cannot be started or has no layers that are known
 */
export async function listLayers(
	plan: Pick<RunPlan, "target" | "startTimeoutMs" | "secrets" | "keepsLog" | "signal" | "expectedStatus">,
	endpoint: EndpointRequest | null,
): Promise<Stack> {
	const folder = makeTemporaryFolder("az-prof-layers-");
	const removeFolder = keepFolder(folder);
	const request = endpoint ?? { method: "GET", path: "/", headers: {}, body: null };
	try {
		const target = await startTarget(
			withEnvironment(plan.target, environmentFor({ mode: "discover" })),
			{ label: "discovery" },
			{
				endpoint: request,
				expectedStatus: endpoint === null ? ANY_STATUS : plan.expectedStatus,
				logFolder: folder,
				secrets: plan.secrets,
				keepsLog: plan.keepsLog,
				pinnedCpus: null,
				startTimeoutMs: plan.startTimeoutMs,
				signal: plan.signal,
			},
		);
		try {
			// It has answered the endpoint once, so it knows which route that is.
			const stack = target.agent === null ? null : await describeStack(target);
			return { framework: stack?.framework ?? null, layers: layersOfStack(stack, endpoint) };
		} finally {
			await target.end();
		}
	} finally {
		await removeFolder();
	}
}
