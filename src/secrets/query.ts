import { namesSecret, tellsNothing } from "./secret-names.js";

/** The path with those values of its query and of its own parameters (";jsessionid=…") hidden whose names say that they are secrets. */
export const redactQuery = (path: string, hide: (value: string) => string): string =>
	path.replace(/([?&;#])([^?&;=#/]+)=([^?&;#]*)/g, (pair, before: string, name: string, value: string) =>
		namesSecret(decoded(name)) && !tellsNothing(value) ? `${before}${name}=${hide(value)}` : pair,
	);

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
