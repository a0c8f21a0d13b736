import { describe, expect, it } from "vitest";
import { machineAdvice } from "./machine-advice.js";

const machine = (files: Readonly<Record<string, string>>) => (file: string) =>
	Object.entries(files).find(([name]) => file.endsWith(name))?.[1];
const cpus = { target: "0", generator: "1" };

describe("advice about a machine", () => {
	it("is none where all is well, and none where nothing can be known", () => {
		const well = {
			current_clocksource: "tsc\n",
			"cpu0/cpufreq/scaling_governor": "performance\n",
			"cpu0/topology/thread_siblings_list": "0\n",
		};
		expect(machineAdvice(cpus, machine(well))).toEqual([]);
		expect(machineAdvice(cpus, machine({}))).toEqual([]);
		expect(machineAdvice({ target: null, generator: null }, machine({}))).toEqual([]);
	});

	it.each([
		[{ current_clocksource: "acpi_pm\n" }, { kind: "slow clock", clockSource: "acpi_pm" }],
		[{ "cpu0/cpufreq/scaling_governor": "powersave\n" }, { kind: "changing speed", core: "0", governor: "powersave" }],
		[
			{ "cpu0/topology/thread_siblings_list": "0-1\n" },
			{ kind: "shared core", targetCores: ["0"], generatorCore: "1" },
		],
		[
			{ "cpu0/topology/thread_siblings_list": "0,1\n" },
			{ kind: "shared core", targetCores: ["0"], generatorCore: "1" },
		],
	])("says what is wrong (%#)", (files, advice) => {
		expect(machineAdvice(cpus, machine(files as Record<string, string>))).toEqual([advice]);
	});
});
