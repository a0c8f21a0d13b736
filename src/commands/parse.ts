import { isIP } from "node:net";
import { REPORTED_QUANTILES } from "#src/analyse/latency/reported-quantiles.js";
import { messageOf, usageError } from "#src/errors.js";
import { HIGHEST_RATE_PER_SECOND } from "#src/load/order/order.js";
import type { Slo } from "#src/model/rate-limit.js";
import { readPlainFile } from "#src/plain-file.js";
import { redactArgv } from "#src/secrets/command-line.js";
import { type EndpointRequest, WEBSOCKET_METHOD } from "#src/target/endpoint.js";

/** Texts of the command line become values here, once; everything behind works with values. */

const MS_PER: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 60e3 };
const LONGEST_MS = 3_600_000;

/** "500ms", "10s", "2m", in milliseconds; more than 0 and at most an hour. */
export function parseDuration(text: string, option: string): number {
	const match = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text.trim());
	const value = match === null ? Number.NaN : Number(match[1]) * (MS_PER[match[2] ?? ""] ?? Number.NaN);
	if (!(value > 0)) throw usageError(`${option} "${text}" is not a duration`, "write 500ms, 10s or 2m");
	if (value > LONGEST_MS) throw usageError(`${option} ${text} is longer than an hour`, "choose a shorter one");
	return value;
}

/** A duration that may be zero: "0s". */
export const parseDurationOrZero = (text: string, option: string): number =>
	/^0+(\.0+)?(ms|s|m)?$/.test(text.trim()) ? 0 : parseDuration(text, option);

/** A whole number from `from` to `to`. */
export function parseWhole(text: string, option: string, from: number, to: number): number {
	const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
	if (!(value >= from && value <= to)) {
		throw usageError(
			`${option} "${text}" is out of range`,
			`give a whole number from ${from} to ${to.toLocaleString("en-US")}`,
		);
	}
	return value;
}

/** Requests a second, "200" or "200/s": more than 0, not above 100,000; fractions are allowed. */
export function parseRate(text: string, option = "--rate"): number {
	const [, digits] = /^(\d+(?:\.\d+)?)(?:\/s)?$/.exec(text.trim()) ?? [];
	const value = Number(digits ?? Number.NaN);
	if (!(value > 0 && value <= HIGHEST_RATE_PER_SECOND)) {
		throw usageError(`${option} "${text}" is not a rate`, "give requests a second, up to 100,000");
	}
	return value;
}

/** "p99<10ms": a percentile that is reported, and the bound that it must stay below. */
export function parseSlo(text: string): Slo {
	const match = /^p(\d+(?:\.\d+)?)\s*<\s*(\S+)$/.exec(text.trim());
	const quantile = REPORTED_QUANTILES.find((each) => Math.abs(each * 100 - Number(match?.[1])) < 1e-9);
	if (match?.[2] === undefined || quantile === undefined) {
		throw usageError(`--slo "${text}" is not a bound`, "write p50, p90, p95, p99 or p99.9, and a time: p99<10ms");
	}
	return { quantile, maxNs: parseDuration(match[2], "--slo") * 1e6 };
}

/** "200,429" */
export function parseStatuses(text: string): readonly number[] {
	const statuses = parseList(text);
	if (statuses.length === 0) throw usageError(`--expect "${text}" names no status`, "write --expect 200,429");
	return statuses.map((status) => parseWhole(status, "--expect", 200, 599));
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

export const parseMethod = (text: string): string => {
	const method = text.toUpperCase();
	if (!METHODS.includes(method)) throw usageError(`"${text}" is not a method`, `use one of ${METHODS.join(", ")}`);
	return method;
};

/** "/path" or "METHOD:/path", or "WS:/path" where WebSockets can be loaded. */
export function parseEndpoint(
	text: string,
	common: Omit<EndpointRequest, "path">,
	takesWebSockets = false,
): EndpointRequest {
	const match = /^(?:([A-Za-z]+):)?(\/.*)$/s.exec(text);
	const path = match?.[2];
	if (path === undefined) {
		throw usageError(`endpoint "${text}" does not start with "/"`, "write /path or METHOD:/path");
	}
	// Anything else would end the request line early or be rejected by the client under way.
	if (!/^[\x21-\x7e]+$/.test(path))
		throw usageError(`endpoint "${text}" has characters a URL cannot have`, "percent-encode them");
	if (match?.[1]?.toUpperCase() !== WEBSOCKET_METHOD) {
		return { ...common, path, method: match?.[1] === undefined ? common.method : parseMethod(match[1]) };
	}
	if (!takesWebSockets)
		throw usageError("only load opens WebSockets", `write az-prof load ${WEBSOCKET_METHOD}:${path}`);
	return { ...common, path, method: WEBSOCKET_METHOD };
}

/** "Name: value", name in lower case. */
export function parseHeader(text: string): readonly [name: string, value: string] {
	const match = /^([A-Za-z0-9!#$%&'*+.^_`|~-]+):\s*([\t\x20-\x7e\x80-\xff]*)$/.exec(text);
	if (match?.[1] === undefined || match[2] === undefined) {
		throw usageError(`-H "${text.split(/[:\s]/)[0]}…" is not a header`, 'write -H "name: value"');
	}
	return [match[1].toLowerCase(), match[2]];
}

/** Each name once: which of two would be sent is anybody's guess. */
export function parseHeaders(texts: readonly string[]): Record<string, string> {
	const headers = new Map<string, string>();
	for (const [name, value] of texts.map(parseHeader)) {
		if (headers.has(name)) throw usageError(`-H names the header ${name} twice`, "give it once, its values in one");
		headers.set(name, value);
	}
	return Object.fromEntries(headers);
}
const LARGEST_BODY_BYTES = 64 * 1024 * 1024;

/** Text, or @file for a file's content. */
export async function parseBody(text: string, signal: AbortSignal): Promise<Uint8Array> {
	if (!text.startsWith("@")) return new TextEncoder().encode(text);
	try {
		return await readPlainFile(text.slice(1), LARGEST_BODY_BYTES, signal);
	} catch (error) {
		signal.throwIfAborted();
		throw usageError(`cannot read the body file ${text.slice(1)}: ${messageOf(error)}`, "check --body @file");
	}
}

/** A server that runs already, as --url names it. */
export interface NamedOrigin {
	readonly url: URL;
	/** What the server is to be called in requests: it is connected to by its address. Null where that is its name. */
	readonly host: string | null;
	/** The header that its user information stands for; null without. */
	readonly authorization: string | null;
}

/** "http://127.0.0.1:3000", "http://user:password@localhost:3000". Where the name leads is not asked here. */
export function parseOrigin(text: string): NamedOrigin {
	const [shown = ""] = redactArgv([text]);
	let url: URL;
	try {
		url = new URL(text);
	} catch {
		throw usageError(`--url "${shown}" is not a URL`, "write http://127.0.0.1:3000");
	}
	if (url.protocol !== "http:") throw usageError(`--url ${shown} is not http`, "only plain HTTP is loaded");
	if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
		throw usageError(`--url ${shown} has a path`, "give the origin only, and the path as an endpoint");
	}
	return {
		url,
		host: isIP(url.hostname.replace(/^\[|\]$/g, "")) === 0 ? url.host : null,
		authorization: url.username === "" && url.password === "" ? null : basicAuthorization(url),
	};
}

function basicAuthorization({ username, password }: URL): string {
	try {
		const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
		return `Basic ${Buffer.from(credentials).toString("base64")}`;
	} catch {
		throw usageError("the user information of --url cannot be decoded", "percent-encode what is no letter or digit");
	}
}

/** "a,b" → ["a", "b"] */
export const parseList = (text: string): string[] =>
	text
		.split(",")
		.map((part) => part.trim())
		.filter(Boolean);
