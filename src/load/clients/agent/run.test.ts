import { describe, expect, it } from "vitest";
import { type AgentAnswer, runOf, streamPath } from "./run.js";

const answer = (body: unknown, changes: Partial<AgentAnswer> = {}): AgentAnswer => ({
	status: 200,
	location: null,
	body,
	...changes,
});
const first = (body: unknown, changes: Partial<AgentAnswer> = {}, path = "/v1/runs") =>
	runOf(answer(body, changes), path, null);

describe("what an answer says of a run", () => {
	it("knows the words for finished and failed", () => {
		for (const status of ["completed", "succeeded", "finished", "done"]) {
			expect(first({ id: "1", status })).toEqual({ kind: "finished" });
		}
		for (const status of ["failed", "error", "cancelled", "canceled", "expired"]) {
			expect(first({ id: "1", status })).toEqual({ kind: "failed" });
		}
	});

	it("takes every other word for a run that is under way", () => {
		for (const status of ["created", "queued", "in_progress", "thinking"]) {
			expect(first({ id: "r/1", status })).toEqual({ kind: "going", path: "/v1/runs/r%2F1" });
		}
		expect(first({ id: 7, status: "queued" }, {}, "/v1/runs/?wait=0")).toEqual({ kind: "going", path: "/v1/runs/7" });
	});

	it("is none where the answer is a result", () => {
		for (const body of [
			undefined,
			null,
			"done",
			[],
			{ id: "chatcmpl-1" },
			{ status: "ok" },
			{ id: "1", status: 200 },
		]) {
			expect(first(body)).toBeNull();
		}
	});

	it("follows what was accepted, also without a status", () => {
		expect(first({ id: "1" }, { status: 202 })).toEqual({ kind: "going", path: "/v1/runs/1" });
		expect(first(undefined, { status: 202, location: "/jobs/1" })).toEqual({ kind: "going", path: "/jobs/1" });
		expect(first(undefined, { status: 202 })).toBeNull();
	});

	it("goes where Location says, but never to another host", () => {
		const at = (location: string) => first({ id: "1", status: "queued" }, { location });
		expect(at("http://192.0.2.1:81/jobs/1?a=b#c")).toEqual({ kind: "going", path: "/jobs/1?a=b" });
		expect(at("//192.0.2.1/jobs/1")).toEqual({ kind: "going", path: "/jobs/1" });
		expect(at("runs/2")).toEqual({ kind: "going", path: "/v1/runs/2" });
		expect(at("http://[")).toEqual({ kind: "going", path: "/v1/runs/1" });
	});

	it("stays with the run that it knows", () => {
		const later = answer({ id: "other", status: "running" }, { location: "/elsewhere" });
		expect(runOf(later, "/v1/runs", "/v1/runs/1")).toEqual({ kind: "going", path: "/v1/runs/1" });
		expect(runOf(answer({ result: 1 }), "/v1/runs", "/v1/runs/1")).toBeNull();
	});
});

it("the stream of a run is below it", () => {
	expect(streamPath("/v1/runs/1")).toBe("/v1/runs/1/stream");
	expect(streamPath("/jobs/1?a=b")).toBe("/jobs/1/stream?a=b");
});
