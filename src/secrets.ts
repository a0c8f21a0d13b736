/** Headers whose values never reach the disk. */
const secretHeaders = new Set([
	"authorization",
	"proxy-authorization",
	"cookie",
	"x-api-key",
	"api-key",
	"x-auth-token",
]);

const REPLACEMENT = "[secret]";
/** A shorter "secret" would blank out half of the record. */
const SHORTEST_SECRET = 4;

const isSecretHeader = (name: string): boolean => secretHeaders.has(name.toLowerCase());

/** The values that must not be written, from the headers of a request: whole values, and a token after its scheme. */
export function secretsOf(headers: Readonly<Record<string, string>>): string[] {
	return Object.entries(headers)
		.filter(([name]) => isSecretHeader(name))
		.flatMap(([, value]) => [value, value.replace(/^\S+\s+/, "")])
		.filter((value) => value.length >= SHORTEST_SECRET)
		.sort((a, b) => b.length - a.length);
}

export const redactText = (text: string, secrets: readonly string[]): string =>
	secrets.reduce((left, secret) => left.replaceAll(secret, REPLACEMENT), text);

/** A copy in which no string, at any depth, holds a secret. */
export function redact<T>(value: T, secrets: readonly string[]): T {
	if (secrets.length === 0) return value;
	if (typeof value === "string") return redactText(value, secrets) as T;
	if (Array.isArray(value)) return value.map((each) => redact(each, secrets)) as T;
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, redact(each, secrets)])) as T;
}

/** Headers as the record keeps them. */
export const redactHeaders = (headers: Readonly<Record<string, string>>): Record<string, string> =>
	Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [name, isSecretHeader(name) ? REPLACEMENT : value]),
	);
