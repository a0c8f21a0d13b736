/** Parts between commas or semicolons, but for those within quotes. */
const split = (text: string, separator: "," | ";"): string[] =>
	text.match(separator === "," ? /(?:"(?:\\.|[^"\\])*"|[^,"])+/g : /(?:"(?:\\.|[^"\\])*"|[^;"])+/g) ?? [];

/**
 * The provider's time in a Server-Timing header (W3C): `provider;dur=12.5`, among other metrics. Where the answer took
 * several calls of the provider there may be one metric for each; they add up.
 * @returns milliseconds, null where the header does not say
 */
export function providerMsOf(serverTiming: string): number | null {
	let total: number | null = null;
	for (const metric of split(serverTiming, ",")) {
		const [name, ...parameters] = split(metric, ";").map((part) => part.trim());
		if (name !== "provider") continue;
		const ms = durationOf(parameters);
		if (ms !== null) total = (total ?? 0) + ms;
	}
	return total;
}

function durationOf(parameters: readonly string[]): number | null {
	for (const parameter of parameters) {
		const match = /^dur\s*=\s*"?(\d+(?:\.\d+)?(?:e[+-]?\d+)?)"?$/i.exec(parameter);
		if (match !== null) return Number(match[1]);
	}
	return null;
}
