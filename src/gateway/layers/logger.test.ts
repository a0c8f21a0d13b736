import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FastifyInstance, fastify } from "fastify";
import { afterEach, beforeEach, expect, it } from "vitest";
import { buildApp } from "#src/gateway/app.js";
import { type GatewayConfig, resolveConfig } from "#src/gateway/config.js";
import { answerError, ConfigError } from "#src/gateway/errors.js";
import { logger } from "./logger.js";

let folder: string;
let config: GatewayConfig;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "gateway-log-"));
	config = resolveConfig({ auth: true, token: ["secret"], log: join(folder, "requests.log") }, {}).config;
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The log is complete once the gateway is closed. */
async function linesAfter(app: FastifyInstance): Promise<Record<string, unknown>[]> {
	await app.close();
	const text = readFileSync(config.log, "utf8");
	return text
		.split("\n")
		.filter(Boolean)
		.map((line) => JSON.parse(line));
}

it("writes one line a request, without the query and without a token", async () => {
	const app = await buildApp(config);
	const answer = await app.inject({ url: "/health?token=secret", headers: { authorization: "Bearer secret" } });
	await app.inject("/nowhere");
	const lines = await linesAfter(app);
	expect(lines).toHaveLength(2);
	expect(lines[0]).toMatchObject({
		method: "GET",
		path: "/health",
		status: 200,
		reqId: answer.headers["x-request-id"],
	});
	expect(lines[0]?.ms).toEqual(expect.any(Number));
	expect(lines[1]).toMatchObject({ path: "/nowhere", status: 404 });
	expect(JSON.stringify(lines)).not.toContain("secret");
});

it("keeps the stack of what failed inside", async () => {
	const app = fastify();
	app.setErrorHandler(answerError);
	await app.register(logger.plugin, config);
	app.get("/", () => Promise.reject(new Error("the cause")));
	await app.inject("/");
	const failure = (await linesAfter(app)).find((line) => line.level === 50);
	expect(failure).toMatchObject({ err: { message: "the cause", stack: expect.stringContaining("logger.test") } });
});

it("refuses a file that cannot be written", async () => {
	const building = buildApp({ ...config, log: join(folder, "absent", "requests.log") });
	await expect(building).rejects.toThrow(ConfigError);
	await expect(building).rejects.toThrow(/ENOENT.*--log/);
});
