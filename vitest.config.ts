import { defineConfig } from "vitest/config";

/** Tests that hold a figure against a truth on live processes: nothing else may run beside them. */
const measuring = [
	"test/alloc.test.ts",
	"test/clinic.test.ts",
	"test/compare.test.ts",
	"test/doctor.test.ts",
	"test/matrix.test.ts",
	"test/targets.test.ts",
	"test/v8-cpu.test.ts",
	"test/zero-x.test.ts",
	"test/zero-x-inlined.test.ts",
];
const everything = ["src/**/*.test.ts", "middleware-matrix/**/*.test.ts", "test/**/*.test.ts", "scripts/**/*.test.ts"];
const limits = { testTimeout: 30_000, hookTimeout: 30_000 };

export default defineConfig({
	test: {
		projects: [
			{
				test: {
					...limits,
					name: "functional",
					include: everything,
					exclude: measuring,
					// Many of them start servers and generators of their own.
					maxWorkers: 2,
					sequence: { groupOrder: 0 },
				},
			},
			{ test: { ...limits, name: "measuring", include: measuring, maxWorkers: 1, sequence: { groupOrder: 1 } } },
		],
	},
});
