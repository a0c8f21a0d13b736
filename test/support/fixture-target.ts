import { startTarget } from "#src/target/start-target.js";
import type { RunningTarget } from "#src/target/target.js";
import { fixture, temporaryFolder } from "./run-cli.js";

/** What is asked of every server of test/fixtures. */
export const rootEndpoint = { method: "GET", path: "/", headers: {}, body: null };

/** What a test starts a target with where it says nothing else. */
export const startContext = (folder: string) => ({
	endpoint: rootEndpoint,
	expectedStatus: null,
	logFolder: folder,
	secrets: [],
	keepsLog: true,
	pinnedCpus: null,
	startTimeoutMs: 20_000,
	signal: new AbortController().signal,
});

/** Starts a server of test/fixtures as a target, with the agent, hands it over, and ends it in every case. */
export async function withFixtureTarget<T>(
	server: string,
	use: (target: RunningTarget) => Promise<T>,
	env: Readonly<Record<string, string>> = {},
): Promise<T> {
	const folder = temporaryFolder();
	const argv = [process.execPath, fixture(server)];
	const spec = { kind: "command", argv, env, cwd: folder, port: null } as const;
	const target = await startTarget(spec, { label: "clean" }, startContext(folder));
	try {
		return await use(target);
	} finally {
		await target.end();
	}
}
