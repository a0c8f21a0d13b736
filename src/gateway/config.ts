import { existsSync } from "node:fs";
import { ConfigError } from "./errors.js";
import type { Flags } from "./flags.js";
import { type LayerName, layerNames } from "./layers/names.js";
import { nearest } from "./nearest.js";
import type { ProviderSettings } from "./providers/settings.js";
import { checkSettings, environmentSource, fileSource, fromText, type SettingName, type Settings } from "./settings.js";
import type { ConversationTimes } from "./websocket/conversation.js";

type Auth = { readonly kind: "off" } | { readonly kind: "tokens"; readonly tokens: readonly string[] };

export interface GatewayConfig {
	readonly host: string;
	/** 0 = any free port. */
	readonly port: number;
	readonly auth: Auth;
	readonly rateLimit: {
		/** Requests in one window over all clients; 0 = off. */
		readonly max: number;
		/** Requests in one window for each identity; 0 = off. */
		readonly perIdentity: number;
		readonly windowSecs: number;
	};
	readonly maxBodyBytes: number;
	/** Mean delay of the event loop above which work is refused; 0 = off. */
	readonly maxEventLoopDelayMs: number;
	readonly corsAllowedOrigins: readonly string[];
	/** A file, "stderr", or "none": lines are made and dropped. */
	readonly log: string;
	readonly layers: readonly LayerName[];
	readonly provider: ProviderSettings;
	/** Runs in memory, finished or not. */
	readonly maxRuns: number;
	/** Between two heartbeats of GET /v1/events. */
	readonly heartbeatIntervalMs: number;
	readonly conversation: ConversationTimes;
}

export interface ResolvedConfig {
	readonly config: GatewayConfig;
	/** Sentences for whoever starts the gateway, on what was found and not used. */
	readonly notes: readonly string[];
}

const DEFAULT_FILE = "./agentzero.toml";

const defaults: Settings = {
	host: "127.0.0.1",
	port: 18_800,
	rate_limit_max: 600,
	rate_limit_per_identity: 0,
	rate_limit_window_secs: 60,
	max_body_bytes: 1024 * 1024,
	max_event_loop_delay_ms: 1000,
	cors_allowed_origins: [],
	log: "stderr",
	provider: "static",
	provider_tokens: 20,
	provider_first_token_ms: 200,
	provider_token_ms: 20,
	provider_spread_percent: 25,
	provider_seed: 1,
	provider_fail_every: 10,
	provider_fail_after_tokens: 0,
	max_runs: 10_000,
	heartbeat_interval_ms: 1000,
	ws_ping_interval_ms: 30_000,
	ws_idle_timeout_ms: 300_000,
};

/**
 * The configuration file, then the environment, then the flags: what comes later wins.
 *
 * @throws ConfigError
 */
export function resolveConfig(flags: Flags, env: NodeJS.ProcessEnv): ResolvedConfig {
	const path = flags.config ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined);
	const file = path === undefined ? undefined : fileSource(path);
	const settings: Settings = {
		...defaults,
		...(file === undefined ? {} : checkSettings(file)),
		...checkSettings(environmentSource(env)),
		...checkSettings({ values: flagSettings(flags), nameOf: (name) => `--${name.replaceAll("_", "-")}` }),
	};
	const layers = chooseLayers(flags);
	return { config: toConfig(settings, chooseAuth(flags, env, layers), layers), notes: file?.notes ?? [] };
}

function toConfig(settings: Settings, auth: Auth, layers: readonly LayerName[]): GatewayConfig {
	return {
		host: settings.host,
		port: settings.port,
		auth,
		rateLimit: {
			max: settings.rate_limit_max,
			perIdentity: settings.rate_limit_per_identity,
			windowSecs: settings.rate_limit_window_secs,
		},
		maxBodyBytes: settings.max_body_bytes,
		maxEventLoopDelayMs: settings.max_event_loop_delay_ms,
		corsAllowedOrigins: settings.cors_allowed_origins,
		log: settings.log,
		layers,
		provider: toProvider(settings),
		maxRuns: settings.max_runs,
		heartbeatIntervalMs: settings.heartbeat_interval_ms,
		conversation: {
			pingIntervalMs: settings.ws_ping_interval_ms,
			idleTimeoutMs: settings.ws_idle_timeout_ms,
		},
	};
}

function toProvider(settings: Settings): ProviderSettings {
	const { provider: kind, provider_tokens: tokens } = settings;
	switch (kind) {
		case "static":
			return { kind, tokens };
		case "latency":
			return {
				kind,
				tokens,
				firstTokenMs: settings.provider_first_token_ms,
				tokenMs: settings.provider_token_ms,
				spreadPercent: settings.provider_spread_percent,
				seed: settings.provider_seed,
			};
		case "failing":
			return {
				kind,
				tokens,
				every: settings.provider_fail_every,
				afterTokens: settings.provider_fail_after_tokens,
			};
	}
}

function flagSettings(flags: Flags): Record<string, unknown> {
	const written: Partial<Record<SettingName, string | undefined>> = {
		host: flags.host,
		port: flags.port,
		rate_limit_max: flags.rateLimitMax,
		log: flags.log,
		provider: flags.provider,
		provider_tokens: flags.providerTokens,
		provider_first_token_ms: flags.providerFirstTokenMs,
		provider_token_ms: flags.providerTokenMs,
		provider_spread_percent: flags.providerSpreadPercent,
		provider_seed: flags.providerSeed,
		provider_fail_every: flags.providerFailEvery,
		provider_fail_after_tokens: flags.providerFailAfterTokens,
		heartbeat_interval_ms: flags.heartbeatIntervalMs,
	};
	return Object.fromEntries(
		Object.entries(written).flatMap(([name, text]) =>
			text === undefined ? [] : [[name, fromText(name as SettingName, text)]],
		),
	);
}

function chooseLayers(flags: Flags): LayerName[] {
	const only = flags.layers === undefined ? layerNames : parseLayers("--layers", flags.layers);
	const without = flags.without === undefined ? [] : parseLayers("--without", flags.without);
	return layerNames.filter((name) => only.includes(name) && !without.includes(name));
}

function parseLayers(flag: string, list: string): LayerName[] {
	const written = list.split(",").map((part) => part.trim());
	return written.filter(Boolean).map((name) => {
		const layer = layerNames.find((known) => known === name);
		if (layer !== undefined) return layer;
		throw new ConfigError(`there is no layer "${name}" for ${flag}: did you mean ${nearest(name, layerNames)}?`);
	});
}

function chooseAuth(flags: Flags, env: NodeJS.ProcessEnv, layers: readonly LayerName[]): Auth {
	if (!flags.auth || !layers.includes("auth")) return { kind: "off" };
	const tokens = flags.token ?? env.AZ_GATEWAY_TOKEN?.split(",").map((token) => token.trim()) ?? [];
	const given = tokens.filter(Boolean);
	if (given.length === 0) {
		throw new ConfigError(
			"auth is on but there is no token: give one with --token (or AZ_GATEWAY_TOKEN), or turn auth off with --no-auth",
		);
	}
	// Never quote one: this sentence ends up in logs.
	if (!given.every((token) => /^[\x21-\x7e]+$/.test(token))) {
		throw new ConfigError(
			"a token holds a space or a character outside ASCII, which no Authorization header can carry",
		);
	}
	return { kind: "tokens", tokens: given };
}
