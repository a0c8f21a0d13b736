import { namesSecret, tellsNothing } from "./secret-names.js";

/** The path with the values of its query hidden whose names say that they are secrets. */
export function redactQuery(path: string, hide: (value: string) => string): string {
	const at = path.indexOf("?");
	if (at < 0) return path;
	const query = path.slice(at + 1).replace(/([^&;=#]+)=([^&;#]*)/g, (pair, name: string, value: string) => {
		return namesSecret(decoded(name)) && !tellsNothing(value) ? `${name}=${hide(value)}` : pair;
	});
	return `${path.slice(0, at)}?${query}`;
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
