import { request } from "node:http";
import type { EndpointRequest } from "./endpoint.js";
import { requestOptionsOf } from "./request-options.js";

/** One whole answer, to be compared with another server's. */
export interface Answer {
	readonly status: number;
	/** Without its parameters; null where there is none. */
	readonly contentType: string | null;
	readonly body: string;
}

const TIMEOUT_MS = 10_000;
const MOST_BODY = 1_000_000;

/** Asks once. Rejects where there is no answer within 10 s. */
export function fetchAnswer(origin: string, endpoint: EndpointRequest): Promise<Answer> {
	const { method, path, headers, body: sentBody } = requestOptionsOf(endpoint);
	return new Promise((resolve, reject) => {
		const sent = request(new URL(origin), { path, method, headers, agent: false, timeout: TIMEOUT_MS }, (response) => {
			let body = "";
			response.setEncoding("utf8");
			response.on("data", (chunk: string) => {
				if (body.length < MOST_BODY) body += chunk;
			});
			response.on("error", reject);
			response.on("end", () => {
				const contentType = response.headers["content-type"]?.split(";")[0]?.trim() ?? null;
				resolve({ status: response.statusCode ?? 0, contentType, body });
			});
		});
		sent.on("timeout", () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS / 1e3} s`)));
		sent.on("error", reject);
		sent.end(sentBody ?? undefined);
	});
}

/** Bodies without a structure are called different when their lengths differ by more than this share. */
const LENGTH_TOLERANCE = 0.1;

/** How the two are called in the sentence. */
type Names = readonly [string, string];

/**
 * What tells two answers apart, as the end of a sentence ("base answers 200, head 404"), or null. Values may differ (a clock, an
 * id); status, type and shape may not: then it is not the same work that is compared.
 */
export function answerDifference(base: Answer, head: Answer, names: Names = ["base", "head"]): string | null {
	const [first, second] = names;
	if (base.status !== head.status) return `${first} answers ${base.status}, ${second} ${head.status}`;
	if (base.contentType !== head.contentType) {
		return `${first} answers ${base.contentType ?? "without a type"}, ${second} ${head.contentType ?? "without a type"}`;
	}
	const shapes = [jsonOf(base.body), jsonOf(head.body)] as const;
	if (shapes[0] !== undefined && shapes[1] !== undefined) {
		return shapeDifference(shapes[0], shapes[1], "the body", names);
	}
	const [a, b] = [base.body.length, head.body.length];
	if (Math.abs(a - b) > LENGTH_TOLERANCE * Math.max(a, b)) {
		return `the body of ${first} has ${a} characters, that of ${second} ${b}`;
	}
	return null;
}

function jsonOf(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function shapeDifference(base: unknown, head: unknown, where: string, names: Names): string | null {
	const [first, second] = names;
	const [a, b] = [kindOf(base), kindOf(head)];
	if (a !== b) return `${where} is ${a} in ${first} and ${b} in ${second}`;
	if (Array.isArray(base) && Array.isArray(head)) {
		if (base.length !== head.length) {
			return `${where} has ${base.length} elements in ${first} and ${head.length} in ${second}`;
		}
		return base.length === 0 ? null : shapeDifference(base[0], head[0], `${where}[0]`, names);
	}
	if (a !== "an object") return null;
	const [left, right] = [base as Record<string, unknown>, head as Record<string, unknown>];
	const missing = Object.keys(left).find((key) => !Object.hasOwn(right, key));
	if (missing !== undefined) return `${where} has "${missing}" in ${first} only`;
	const added = Object.keys(right).find((key) => !Object.hasOwn(left, key));
	if (added !== undefined) return `${where} has "${added}" in ${second} only`;
	for (const key of Object.keys(left)) {
		const difference = shapeDifference(left[key], right[key], `${where}.${key}`, names);
		if (difference !== null) return difference;
	}
	return null;
}

function kindOf(value: unknown): string {
	if (value === null) return "null";
	if (Array.isArray(value)) return "a list";
	return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
