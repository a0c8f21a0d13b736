import { writeFileSync } from "node:fs";
import { Session } from "node:inspector";
import { post } from "./inspector-post.js";

/** A script that names a source map. */
interface ScriptWithMap {
	/** What profiles call it. */
	readonly url: string;
	/** What it was loaded as, where that differs: a script may rename itself with //# sourceURL. */
	readonly loadedAs: string | null;
	/** As the script gives it: a data: URL, or where the map is. Null for one that is too long to hand on. */
	readonly sourceMapUrl: string | null;
	/** The script as V8 holds it, without a map at its end; only where the map is in it, as transpilers at run time do it. */
	readonly source: string | null;
}

const LONGEST_MAP = 50 * 1024 ** 2;

/**
 * sourceMaps.list { file } writes the scripts that V8 has loaded and that name a source map. It enables the debugger of a
 * session of its own, which drops optimised code: ask only when all windows have closed.
 */
export function sourceMapMethods(): Record<string, (params: Record<string, unknown>) => Promise<unknown>> {
	return { "sourceMaps.list": list };
}

async function list({ file }: Record<string, unknown>): Promise<{ scripts: number }> {
	const session = new Session();
	session.connect();
	const found: { id: string; url: string; loadedAs: string; map: string }[] = [];
	session.on("Debugger.scriptParsed", ({ params }) => {
		const { scriptId: id, url, sourceMapURL: map = "" } = params;
		const { embedderName: loadedAs = url } = params as { embedderName?: string };
		if (map !== "" && url !== "") found.push({ id, url, loadedAs, map });
	});
	try {
		await post(session, "Debugger.enable");
		const scripts: ScriptWithMap[] = [];
		for (const { id, url, loadedAs, map } of found) {
			const tooLong = map.length > LONGEST_MAP;
			scripts.push({
				url,
				loadedAs: loadedAs === url || loadedAs === "" ? null : loadedAs,
				sourceMapUrl: tooLong ? null : map,
				source: map.startsWith("data:") && !tooLong ? await sourceOf(session, id) : null,
			});
		}
		writeFileSync(String(file), JSON.stringify({ scripts }));
		return { scripts: scripts.length };
	} finally {
		session.disconnect();
	}
}

/** Null for a script that has been collected since. */
async function sourceOf(session: Session, scriptId: string): Promise<string | null> {
	try {
		const { scriptSource } = await post<{ scriptSource: string }>(session, "Debugger.getScriptSource", { scriptId });
		const map = scriptSource.lastIndexOf("sourceMappingURL=data:");
		return map < 0 ? scriptSource : scriptSource.slice(0, map);
	} catch {
		return null;
	}
}
