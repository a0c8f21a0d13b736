import { connect } from "node:net";
import { type FastifyInstance, fastify } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildApp } from "./app.js";
import { resolveConfig } from "./config.js";
import { answerError, type ErrorType, errorStatus, errorTypeOf, GatewayError } from "./errors.js";

const config = { ...resolveConfig({ auth: false, log: "none" }, {}).config, maxBodyBytes: 100 };

describe("in the gateway", () => {
	let app: FastifyInstance;
	beforeEach(async () => {
		app = await buildApp(config);
	});
	afterEach(() => app.close());

	const json = { "content-type": "application/json" };
	const post = (payload: string, headers: Record<string, string> = json) =>
		app.inject({ method: "POST", url: "/v1/ping", payload, headers });

	it.each([
		["no message", () => post("{}"), 400, "bad_request", /message/],
		["a message that is a number", () => post('{"message":5}'), 400, "bad_request", /string/],
		["broken JSON", () => post("{"), 400, "bad_request", /JSON/],
		["no body", () => post(""), 400, "bad_request", /body/i],
		[
			"another content type",
			() => post("<a/>", { "content-type": "text/xml" }),
			400,
			"bad_request",
			/text\/xml|media/i,
		],
		["a poisoned prototype", () => post('{"__proto__":{"message":"a"}}'), 400, "bad_request", /JSON/],
		["a large body", () => post(JSON.stringify({ message: "x".repeat(100) })), 413, "payload_too_large", /large/],
		["an unknown path", () => app.inject("/v2"), 404, "not_found", /GET \/v2/],
		["a known path's other method", () => app.inject("/v1/ping"), 404, "not_found", /GET/],
		["a malformed path", () => app.inject("/%zz"), 400, "bad_request", /url/],
	])("%s", async (_, send, status, type, message) => {
		const answer = await send();
		expect(answer.statusCode).toBe(status);
		expect(answer.headers["content-type"]).toMatch(/^application\/json/);
		expect(answer.json()).toEqual({ error: { type, message: expect.stringMatching(message) } });
	});

	it("bytes that are not HTTP", async () => {
		await app.listen({ host: "127.0.0.1", port: 0 });
		const address = app.server.address();
		const port = typeof address === "object" ? (address?.port ?? 0) : 0;
		const answer = await new Promise<string>((resolve, reject) => {
			let received = "";
			const socket = connect(port, "127.0.0.1", () => socket.write("NOT HTTP\r\n\r\n"));
			socket
				.on("data", (chunk) => (received += chunk))
				.on("end", () => resolve(received))
				.on("error", reject);
		});
		expect(answer).toMatch(/^HTTP\/1\.1 400 /);
		const [, body = ""] = answer.split("\r\n\r\n");
		expect(JSON.parse(body).error.type).toBe("bad_request");
	});
});

describe("from a handler", () => {
	async function answerTo(thrown: Error) {
		const app = fastify();
		app.setErrorHandler(answerError);
		app.get("/", () => Promise.reject(thrown));
		return app.inject("/");
	}

	it.each(Object.keys(errorStatus) as ErrorType[])("%s comes with its status", async (type) => {
		const answer = await answerTo(new GatewayError(type, "because"));
		expect(answer.statusCode).toBe(errorStatus[type]);
		expect(answer.json().error.type).toBe(type);
	});

	it("keeps what broke inside to itself", async () => {
		const answer = await answerTo(new Error("password is hunter2"));
		expect(answer.statusCode).toBe(500);
		expect(answer.json().error.type).toBe("agent_execution_failed");
		expect(answer.body).not.toContain("hunter2");
	});
});

it("has a type for every status, by its class where the table is silent", () => {
	expect([415, 418, 429, 500, 502, 503].map(errorTypeOf)).toEqual([
		"bad_request",
		"bad_request",
		"rate_limited",
		"agent_execution_failed",
		"agent_execution_failed",
		"agent_unavailable",
	]);
});
