import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { messageBody } from "../message-body.js";
import { isFinished, type Run, runBody, statusNumber } from "../runs/run.js";
import type { RunStore } from "../runs/run-store.js";
import { tellProviderTime } from "../server-timing.js";
import { eventFrame, sendEventStream } from "../sse.js";

interface RunRequest {
	readonly message: string;
}

interface RunParams {
	readonly id: string;
}

const text = { type: "string" };
const runSchema = {
	type: "object",
	properties: {
		id: text,
		status: text,
		created_at: text,
		started_at: text,
		finished_at: text,
		result: { type: "object", properties: { message: text, tokens_used_estimate: { type: "integer" } } },
		error: { type: "object", properties: { type: text, message: text } },
		provider_ms: { type: "number" },
	},
};
const response = { "2xx": runSchema };

/** POST /v1/runs starts a run, GET /v1/runs/:id says how it stands, GET /v1/runs/:id/stream tells until it is over. */
export async function runsRoutes(app: FastifyInstance, { runs }: { readonly runs: RunStore }): Promise<void> {
	app.post<{ Body: RunRequest }>("/v1/runs", { schema: { body: messageBody, response } }, (request, reply) => {
		const run = runs.create(request.body.message);
		reply.code(201).header("location", `/v1/runs/${run.id}`).send(runBody(run));
	});

	app.get<{ Params: RunParams }>("/v1/runs/:id", { schema: { response } }, (request, reply) => {
		const body = runBody(runs.get(request.params.id));
		if (body.provider_ms !== undefined) tellProviderTime(reply, body.provider_ms);
		reply.send(body);
	});

	app.get<{ Params: RunParams }>("/v1/runs/:id/stream", { exposeHeadRoute: false }, (request, reply) => {
		sendEventStream(reply, statusFrames(runs, runs.get(request.params.id)));
	});
}

/** A frame for the status the run has now and one for each that follows: three at most, so none is held back. */
function statusFrames(runs: RunStore, run: Run): Readable {
	const frames = new Readable({ read() {} });
	const tell = (): void => {
		frames.push(eventFrame({ id: statusNumber[run.state.status], event: "status", data: runBody(run) }));
		if (isFinished(run)) frames.push(null);
	};
	tell();
	if (!isFinished(run)) frames.once("close", runs.watch(run, tell));
	return frames;
}
