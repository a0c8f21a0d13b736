import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { fetchAnswer } from "./answer.js";

const ending: (() => void)[] = [];
afterEach(() => {
	for (const end of ending.splice(0)) end();
});

async function serve(answer: RequestListener): Promise<string> {
	const server = createServer(answer);
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	ending.push(() => {
		server.close();
		server.closeAllConnections();
	});
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const endpoint = { method: "GET", path: "/", headers: {}, body: null };

describe("an answer that is asked for once", () => {
	it("has status, type and body, whatever the method and the path", async () => {
		const origin = await serve((request, response) => {
			let body = "";
			request.on("data", (chunk) => {
				body += chunk;
			});
			request.on("end", () => {
				response.writeHead(418, { "content-type": "text/plain; charset=utf-8" });
				response.end(`${request.method} ${request.url} ${request.headers.authorization} ${body}`);
			});
		});
		const body = new TextEncoder().encode("h\u00e9");
		const asked = { method: "POST", path: "//elsewhere/{{seq}}", headers: { authorization: "Bearer x" }, body };
		expect(await fetchAnswer(origin, asked)).toEqual({
			status: 418,
			contentType: "text/plain",
			body: "POST //elsewhere/0 Bearer x h\u00e9",
		});
		expect(await fetchAnswer(origin, { ...asked, method: "GET" })).toMatchObject({
			body: expect.stringMatching(/^GET .*h\u00e9$/),
		});
	});

	it("may be without a type and a body", async () => {
		const origin = await serve((_, response) => response.writeHead(204).end());
		expect(await fetchAnswer(origin, endpoint)).toEqual({ status: 204, contentType: null, body: "" });
	});

	it("is given up where it is not wanted any more, also one that has no end", async () => {
		let closed = 0;
		const origin = await serve((_, response) => {
			const timer = setInterval(() => response.write("more "), 1);
			response.on("close", () => {
				closed++;
				clearInterval(timer);
			});
		});
		const stop = new AbortController();
		setTimeout(() => stop.abort(new Error("stopped")), 50);
		await expect(fetchAnswer(origin, endpoint, stop.signal)).rejects.toThrow("stopped");
		await expect.poll(() => closed).toBe(1);
	});

	it("is none where nobody listens, and where what comes is not HTTP", async () => {
		await expect(fetchAnswer("http://127.0.0.1:9", endpoint)).rejects.toThrow("ECONNREFUSED");
		const origin = await serve((_, response) => {
			response.socket?.end("garbage\r\n\r\n");
		});
		await expect(fetchAnswer(origin, endpoint)).rejects.toThrow();
	});
});
