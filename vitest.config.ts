import { defineConfig } from "vitest/config";

export default defineConfig({
	test: {
		include: ["src/**/*.test.ts", "middleware-matrix/**/*.test.ts", "test/**/*.test.ts", "scripts/**/*.test.ts"],
		testTimeout: 30_000,
		hookTimeout: 30_000,
		// Tests start servers and generators; more files at once would only measure each other.
		maxWorkers: 2,
	},
});
