import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { KnownError, messageOf } from "#src/errors.js";
import { type Calibration, calibrationSchema } from "#src/model/calibration.js";
import type { Machine } from "#src/model/machine.js";
import { replaceFile } from "./replace-file.js";

/** Calibrations are kept for each machine, below $XDG_STATE_HOME or ~/.local/state. */
const fileFor = (machineKey: string, env: Readonly<NodeJS.ProcessEnv>): string =>
	join(env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "az-prof", "calibrations", `${machineKey}.json`);

/** The same for as long as processor, number of cores, kernel and Node stay the same. */
export function machineKeyOf(machine: Pick<Machine, "cpuModel" | "cpus" | "arch" | "release">): string {
	const { cpuModel, cpus, arch, release } = machine;
	return createHash("sha256")
		.update(JSON.stringify([cpuModel, cpus, arch, release, process.versions.node]))
		.digest("hex")
		.slice(0, 16);
}

/** The last calibration of this machine, or null where there is none that can be read. */
export function readCalibration(
	machineKey: string,
	env: Readonly<NodeJS.ProcessEnv> = process.env,
): Calibration | null {
	try {
		return calibrationSchema.parse(JSON.parse(readFileSync(fileFor(machineKey, env), "utf8")));
	} catch {
		return null;
	}
}

/**
 * Keeps a calibration in place of an older one. Returns its file.
 * @throws KnownError RUN_FOLDER
 */
export function saveCalibration(calibration: Calibration, env: Readonly<NodeJS.ProcessEnv> = process.env): string {
	const file = fileFor(calibration.machineKey, env);
	try {
		mkdirSync(dirname(file), { recursive: true });
		replaceFile(file, `${JSON.stringify(calibration, null, "\t")}\n`);
		return file;
	} catch (error) {
		throw new KnownError({
			code: "RUN_FOLDER",
			what: `cannot keep the calibration in ${file}`,
			why: messageOf(error),
			fix: "set XDG_STATE_HOME to a folder that can be written",
			cause: error,
		});
	}
}
