import { expect, it } from "vitest";
import { allowedCpus, parseCpuList, pinnedArgv, planCpus } from "./pinning.js";

it("reads the kernel's lists of CPUs", () => {
	expect(parseCpuList("0")).toEqual([0]);
	expect(parseCpuList("0-2,5")).toEqual([0, 1, 2, 5]);
	expect(parseCpuList("")).toEqual([]);
	expect(parseCpuList("x")).toEqual([]);
	expect(allowedCpus().length).toBeGreaterThan(0);
});

it("gives the last core to the generator and the others to the target", () => {
	expect(planCpus([0, 1], true)).toEqual({ target: "0", generator: "1", unpinnedBecause: null });
	expect(planCpus([2, 3, 6, 7], true)).toEqual({ target: "2,3,6", generator: "7", unpinnedBecause: null });
});

it("says why it does not pin", () => {
	expect(planCpus([0], true).unpinnedBecause).toBe("one core");
	expect(planCpus([0, 1], false).unpinnedBecause).toBe("no taskset");
});

it("puts taskset in front", () => {
	expect(pinnedArgv("0,1", ["node", "server.js"])).toEqual(["taskset", "-c", "0,1", "node", "server.js"]);
});
