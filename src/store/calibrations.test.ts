import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Calibration } from "#src/model/calibration.js";
import { machineKeyOf, readCalibration, saveCalibration } from "./calibrations.js";

let folder = "";
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "az-prof-state-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const machine = { cpuModel: "X", cpus: 2, arch: "x64", release: "6.1" };
const calibration = (changes: Partial<Calibration> = {}): Calibration => ({
	measuredAt: "2026-01-02T03:04:05.000Z",
	machineKey: machineKeyOf(machine),
	target: "the reference gateway, GET /metrics",
	sets: 12,
	msPerSet: 3_000,
	cpuSetSd: 0.012,
	detectable: [{ withinMs: 30_000, sets: 10, cpu: 0.02 }],
	looks: 7,
	falseAlarms: 0,
	...changes,
});

it("is found again on the same machine, the newest in place of the one before", () => {
	const env = { XDG_STATE_HOME: folder };
	expect(readCalibration(machineKeyOf(machine), env)).toBeNull();
	saveCalibration(calibration(), env);
	const file = saveCalibration(calibration({ sets: 20 }), env);
	expect(file.startsWith(folder)).toBe(true);
	expect(readCalibration(machineKeyOf(machine), env)).toEqual(calibration({ sets: 20 }));
	expect(readCalibration(machineKeyOf({ ...machine, cpus: 4 }), env)).toBeNull();
});

it("that cannot be read counts as none, and one that cannot be written is said", () => {
	const env = { XDG_STATE_HOME: folder };
	writeFileSync(saveCalibration(calibration(), env), "{");
	expect(readCalibration(machineKeyOf(machine), env)).toBeNull();
	const file = join(folder, "a-file");
	writeFileSync(file, "");
	expect(() => saveCalibration(calibration(), { XDG_STATE_HOME: file })).toThrow(/cannot keep the calibration/);
});
