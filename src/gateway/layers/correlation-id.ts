import { randomUUID } from "node:crypto";
import { defineLayer } from "./layer.js";

/** What we take over from a client and give back in a header and in the log. */
const USABLE_ID = /^[\x21-\x7e]{1,128}$/;

/** Gives every request an id: the client's x-request-id or a new UUID; request.id, the log and the answer carry it. */
export const correlationId = defineLayer("correlation-id", async (app) => {
	app.setGenReqId((request) => {
		const given = request.headers["x-request-id"];
		return typeof given === "string" && USABLE_ID.test(given) ? given : randomUUID();
	});
	app.addHook("onRequest", (request, reply, done) => {
		reply.header("x-request-id", request.id);
		done();
	});
});
