export const providerKinds = ["static", "latency", "failing"] as const;

export interface LatencySettings {
	/** Tokens in every answer. */
	readonly tokens: number;
	/** Mean time to the first token. */
	readonly firstTokenMs: number;
	/** Mean time from one token to the next. */
	readonly tokenMs: number;
	/** Standard deviation of both as a percentage of their means; 0 makes them constant. */
	readonly spreadPercent: number;
	/** The same seed makes the same delays: the n-th call of two gateways takes equally long. */
	readonly seed: number;
}

export interface FailingSettings {
	readonly tokens: number;
	/** Every n-th call fails; 1 = all of them. */
	readonly every: number;
	/** What such a call still delivers before it fails. */
	readonly afterTokens: number;
}

/** Which provider answers, and how it does that. */
export type ProviderSettings =
	| { readonly kind: "static"; readonly tokens: number }
	| ({ readonly kind: "latency" } & LatencySettings)
	| ({ readonly kind: "failing" } & FailingSettings);
