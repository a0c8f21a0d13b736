import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { CollectContext, WindowHooks } from "../src/collect/collector.js";
import type { Measurement } from "../src/model/run-record.js";
import { startTarget } from "../src/target/start-target.js";
import type { RunningTarget, StartOptions } from "../src/target/target.js";

/** What a test wants to be profiled. */
export interface ProfiledServer {
	readonly script: string;
	readonly path?: string;
	readonly env?: Readonly<Record<string, string>>;
	readonly warmupMs?: number;
	readonly durationMs?: number;
	/** The main window stays open until so many requests were answered, at most four times its length. */
	readonly minAnswers?: number;
	/** Called just before the window opens and just after it closes, not for windows aside. */
	readonly onEdge?: (target: RunningTarget) => Promise<void>;
	/** Lets a test spoil a start; returns the options to use. */
	readonly onStart?: (options: StartOptions) => StartOptions;
}

const CLIENTS = 8;

/**
 * A collector's context without the rest of the tool: the real target with the real agent, and a small closed loop of
 * requests from this process, bounded in time. What it measures of the load is not what these tests are about.
 */
export async function withV8Context<T>(
	server: ProfiledServer,
	use: (context: CollectContext) => Promise<T>,
): Promise<T> {
	const folder = mkdtempSync(join(tmpdir(), "v8-test-"));
	const signal = new AbortController().signal;
	const path = server.path ?? "/";
	const context: CollectContext = {
		folder,
		durationMs: server.durationMs ?? 3_000,
		signal,
		targetCwd: process.cwd(),
		say: () => {},
		withTarget: async (asked, run) => {
			const options = server.onStart?.(asked) ?? asked;
			const target = await startTarget(
				{ kind: "command", argv: [process.execPath, server.script], cwd: process.cwd(), env: {}, port: null },
				{ ...options, env: { ...server.env, ...options.env } },
				{
					endpoint: { method: "GET", path, headers: {}, body: null },
					expectedStatus: null,
					logFolder: folder,
					secrets: [],
					pinnedCpus: null,
					startTimeoutMs: 10_000,
					signal,
				},
			);
			try {
				return await run(target);
			} finally {
				await target.end();
			}
		},
		measure: (target, hooks) =>
			load(target, path, {
				warmupMs: server.warmupMs ?? 2_500,
				durationMs: server.durationMs ?? 3_000,
				minAnswers: hooks.aside === undefined ? (server.minAnswers ?? 0) : 0,
				...hooks.aside,
				onWindowOpens: async () => {
					if (hooks.aside === undefined) await server.onEdge?.(target);
					await hooks.onWindowOpens?.();
				},
				onWindowClosed: async () => {
					await hooks.onWindowClosed?.();
					if (hooks.aside === undefined) await server.onEdge?.(target);
				},
			}),
	};
	try {
		return await use(context);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

async function load(
	target: RunningTarget,
	path: string,
	options: WindowHooks & { readonly warmupMs: number; readonly durationMs: number; readonly minAnswers: number },
): Promise<Measurement> {
	const agent = new http.Agent({ keepAlive: true, maxSockets: CLIENTS });
	const startedAt = new Date().toISOString();
	const deadline = performance.now() + 5 * (options.warmupMs + options.durationMs);
	let stopped = false;
	let answers = 0;
	const clients = Array.from({ length: CLIENTS }, async () => {
		while (!stopped && performance.now() < deadline) {
			await get(`${target.origin}${path}`, agent);
			answers++;
		}
	});
	try {
		await Promise.race([sleep(options.warmupMs), Promise.all(clients)]);
		await options.onWindowOpens?.();
		const before = answers;
		const beganMs = performance.now();
		const enough = (): boolean => answers - before >= options.minAnswers;
		do await Promise.race([sleep(options.durationMs), Promise.all(clients)]);
		while (!enough() && performance.now() < beganMs + 4 * options.durationMs);
		const windowMs = performance.now() - beganMs;
		await options.onWindowClosed?.();
		return measurement(startedAt, windowMs, answers - before, options);
	} finally {
		stopped = true;
		await Promise.allSettled(clients);
		agent.destroy();
	}
}

function get(url: string, agent: http.Agent): Promise<void> {
	return new Promise((resolve, reject) => {
		http
			.get(url, { agent }, (response) => {
				response.resume().on("end", () => resolve());
				response.on("error", reject);
			})
			.on("error", reject);
	});
}

function measurement(
	startedAt: string,
	windowMs: number,
	ok: number,
	options: { readonly warmupMs: number; readonly durationMs: number },
): Measurement {
	return {
		id: "v8 GET:/",
		endpoint: { method: "GET", path: "/", headers: {}, bodyBytes: 0 },
		collector: "v8",
		load: {
			kind: "closed",
			clients: CLIENTS,
			durationMs: options.durationMs,
			warmupMs: options.warmupMs,
			warmupMaxMs: options.warmupMs,
			timeoutMs: 10_000,
		},
		startedAt,
		windowNs: windowMs * 1e6,
		counts: {
			attempted: ok,
			ok,
			unexpectedStatus: {},
			errors: { refused: 0, reset: 0, timeout: 0, protocol: 0, other: 0 },
		},
		requestsPerSecond: (ok / windowMs) * 1e3,
		serviceTime: { percentiles: [], maxNs: null, meanNs: null, histogramV2: "" },
		unexpectedServiceTime: null,
		bodyBytesPerRequest: 0,
		cpu: null,
		generator: {
			cpuNs: 0,
			cpuUtilization: 0,
			eventLoopUtilization: 0,
			runQueueWaitNs: null,
			reconnects: 0,
			pinnedCpus: null,
		},
		warmup: { requests: 0, durationMs: options.warmupMs, flat: true },
		seconds: [],
		hlogFile: null,
		partial: false,
	};
}
