import { spawn } from "node:child_process";
import { afterAll, beforeAll, expect, it } from "vitest";
import { documentedPlace, type PageCommand } from "./documented-commands.js";
import { temporaryFolder } from "./run-cli.js";
import { shell } from "./shell.js";

/** A test for each command, one after the other, as a reader would: the last ones look at the runs of those before. */
export function runCommands(commands: readonly PageCommand[]): void {
	const folder = temporaryFolder();
	let place: Awaited<ReturnType<typeof documentedPlace>>;
	let service: ReturnType<typeof spawn>;
	beforeAll(async () => {
		place = await documentedPlace(folder);
		service = spawn(process.execPath, ["server.js"], {
			cwd: folder,
			env: { ...process.env, PORT: String(place.port) },
		});
	});
	afterAll(() => service.kill());

	it.each(commands)("$command ($page)", async ({ command }) => {
		const line = command
			.replace(/^npm ci && /, "")
			.replace("127.0.0.1:3000", `127.0.0.1:${place.port}`)
			.replace("AZ_PROF_TOKEN=…", "AZ_PROF_TOKEN=a-token");
		const { code, stderr } = await shell(`set -o pipefail; ${line}`, { cwd: folder, env: place.env });
		// A verdict is a result: runs as short as these often cannot tell.
		expect([0, 1, 3], stderr).toContain(code);
	});
}
