import { defineConfig } from "vitest/config";

/** Tests that hold times, or waiting, against a truth on live processes: nothing else may run beside them. */
const measuring = ["test/compare.test.ts", "test/doctor.test.ts", "test/matrix.test.ts"];
/** Tests that hold shares, counts and large times against a truth: these survive a second process on the other core. */
const profiling = [
	"test/agent-loop.test.ts",
	"test/alloc.test.ts",
	"test/generator.test.ts",
	"test/load-truth.test.ts",
	"test/many-processes.test.ts",
	"test/open-loop.test.ts",
	"test/source-maps.test.ts",
	"test/sse.test.ts",
	"test/v8-cpu.test.ts",
	"test/websocket.test.ts",
];
/**
 * `npm run test:long`: the tools that take longest on live processes, and inlining, which V8 decides anew at each start; sweeps and
 * searches for a rate, which take many windows; every command of the docs. What reads and judges them is held against recorded
 * profiles and windows in src/ by every test run.
 */
const long = [
	"test/clinic.test.ts",
	"test/diagnose.test.ts",
	"test/documented-commands.test.ts",
	"test/load-command.test.ts",
	"test/trials.test.ts",
	"test/v8-cpu-inlined.test.ts",
	"test/zero-x.test.ts",
	"test/zero-x-inlined.test.ts",
	"test/zero-x-source-maps.test.ts",
];
const units = ["src/**/*.test.ts", "middleware-matrix/**/*.test.ts"];
const functional = ["test/**/*.test.ts", "scripts/**/*.test.ts"];
const limits = { testTimeout: 30_000, hookTimeout: 30_000 };
/** `#src/…` and `#matrix/…` are the sources here, not the build. */
const alias = [
	{ find: /^#src\/(.*)\.js$/, replacement: `${import.meta.dirname}/src/$1.ts` },
	{ find: /^#matrix\/(.*)\.js$/, replacement: `${import.meta.dirname}/middleware-matrix/$1.ts` },
];

export default defineConfig({
	resolve: { alias },
	test: {
		projects: [
			{
				extends: true,
				test: {
					...limits,
					name: "unit",
					include: units,
					// They leave nothing behind in a module, and loading the modules anew for each file takes as long as the tests.
					isolate: false,
					maxWorkers: 2,
					sequence: { groupOrder: 0 },
				},
			},
			{
				extends: true,
				test: {
					...limits,
					name: "functional",
					include: functional,
					exclude: [...measuring, ...profiling, ...long],
					// Many of them start processes of their own and wait for them.
					maxWorkers: 6,
					sequence: { groupOrder: 1 },
				},
			},
			{
				extends: true,
				test: { ...limits, name: "profiling", include: profiling, maxWorkers: 2, sequence: { groupOrder: 2 } },
			},
			{
				extends: true,
				test: { ...limits, name: "measuring", include: measuring, maxWorkers: 1, sequence: { groupOrder: 3 } },
			},
			{ extends: true, test: { ...limits, name: "long", include: long, maxWorkers: 1, sequence: { groupOrder: 4 } } },
		],
	},
});
