import { readFile, rm, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { packageOfPath, pathOfUrl } from "#src/analyse/call-tree/frame-kind.js";
import type { UnusableMap } from "#src/analyse/findings/source-map.js";
import { type OpenedMap, openSourceMap } from "#src/analyse/source-maps/source-map.js";
import {
	type MappedScript,
	type RetracedTree,
	retraceFrame,
	retraceTree,
} from "#src/analyse/source-maps/source-positions.js";
import { systemErrorCode } from "#src/errors.js";
import type { CallTree, Frame } from "#src/model/call-tree.js";
import { oneOfEachKind } from "#src/target/kind-of-isolate.js";
import type { AgentConnection, RunningTarget } from "#src/target/target.js";

const LARGEST_FILE_BYTES = 50 * 1024 ** 2;
const ANSWER_TIMEOUT_MS = 20_000;
const LISTING = "scripts-with-maps.json";

const listingSchema = z.object({
	scripts: z.array(
		z.object({
			url: z.string(),
			loadedAs: z.string().nullable(),
			sourceMapUrl: z.string().nullable(),
			source: z.string().nullable(),
		}),
	),
});
type LoadedScript = z.infer<typeof listingSchema>["scripts"][number];

/** What became of the map of one script. */
type Opened =
	| { readonly kind: "none" }
	| ({ readonly kind: "mapped" } & MappedScript)
	| { readonly kind: "unusable"; readonly why: string };

const NONE: Opened = { kind: "none" };
const unusable = (why: string): Opened => ({ kind: "unusable", why });

/**
 * The source maps of one target: as V8 holds them where the target could be asked (a transpiler at run time leaves none
 * on disk), else as the files on disk name them. Only the maps and the scripts are ever read, never a source that a map
 * names.
 *
 * What is installed below node_modules stays as it runs, since that is what can be opened there, unless it was
 * transpiled at run time.
 */
export class SourceMaps {
	readonly #folder: string;
	/** By path; null while no target could be asked. */
	#loaded: Map<string, LoadedScript> | null = null;
	readonly #opened = new Map<string, Opened>();

	/** @param folder where the target may write */
	constructor(folder: string) {
		this.#folder = folder;
	}

	/**
	 * Asks a target that is still there, after its windows have closed: of the isolates that do the same work one. A target that cannot tell
	 * is left alone.
	 */
	async ask({ agent, agents }: RunningTarget): Promise<void> {
		if (agent === null) return;
		for (const each of oneOfEachKind(agents.now())) await this.#askOne(each);
	}

	async #askOne(agent: AgentConnection): Promise<void> {
		const file = join(this.#folder, LISTING);
		try {
			await agent.call("sourceMaps.list", { file }, ANSWER_TIMEOUT_MS);
			const { scripts } = listingSchema.parse(JSON.parse(await readFile(file, "utf8")));
			this.#loaded ??= new Map();
			for (const script of scripts) this.#loaded.set(pathOfUrl(script.url) ?? script.url, script);
		} catch {
			// Then the files on disk say what they can.
		} finally {
			await rm(file, { force: true });
		}
	}

	/** The tree with every function where it was written, and the scripts for which that is not known but should be. */
	async retrace(tree: CallTree): Promise<RetracedTree & { readonly unusable: readonly UnusableMap[] }> {
		const files = await this.#open(tree.frames);
		return {
			...retraceTree(tree, this.#mapped),
			unusable: files.flatMap((script) => {
				const opened = this.#opened.get(script);
				return opened?.kind === "unusable" ? [{ script, why: opened.why }] : [];
			}),
		};
	}

	async retraceFrames(frames: readonly Frame[]): Promise<Frame[]> {
		await this.#open(frames);
		return frames.map((frame) => retraceFrame(frame, this.#mapped));
	}

	readonly #mapped = (file: string): MappedScript | undefined => {
		const opened = this.#opened.get(file);
		return opened?.kind === "mapped" ? opened : undefined;
	};

	/** The scripts of these frames, their maps read. */
	async #open(frames: readonly Frame[]): Promise<string[]> {
		const files = new Set<string>();
		for (const { file, kind } of frames)
			if (file !== null && (kind === "app" || kind === "dependency")) files.add(file);
		for (const file of files) if (!this.#opened.has(file)) this.#opened.set(file, await this.#openOne(file));
		return [...files];
	}

	async #openOne(file: string): Promise<Opened> {
		const installed = packageOfPath(file) !== null;
		const script = this.#loaded === null ? await scriptOnDisk(file) : this.#loaded.get(file);
		if (script === undefined) return NONE;
		if (script.sourceMapUrl === null) return unusable("it is larger than 50 MiB");
		if (installed && !script.sourceMapUrl.startsWith("data:")) return NONE;
		const path = scriptPath(file, script);
		const read = await readMap(script.sourceMapUrl, path === null ? null : dirname(path));
		const opened: OpenedMap =
			"why" in read ? { kind: "unusable", why: read.why } : openSourceMap(read.text, read.folder);
		if (opened.kind === "unusable") return installed ? NONE : opened;
		const transpiled = opened.map.files.includes(file);
		if (installed && !transpiled) return NONE;
		// On disk is then what was written, not what runs.
		const text = script.source ?? (transpiled || path === null ? null : await textOf(path));
		return { kind: "mapped", map: opened.map, lines: text === null ? null : text.split(LINE_END) };
	}
}

/** As V8 counts lines. */
const LINE_END = /\r\n|[\n\r\u2028\u2029]/u;

/** The file that a script was loaded from; null where there is none. */
function scriptPath(file: string, { loadedAs }: LoadedScript): string | null {
	const path = pathOfUrl(loadedAs ?? "") ?? file;
	return isAbsolute(path) ? path : null;
}

/** What a script's last line says of its map; undefined where it says nothing. */
async function scriptOnDisk(file: string): Promise<LoadedScript | undefined> {
	const text = isAbsolute(file) ? await textOf(file) : null;
	const sourceMapUrl = [...(text?.matchAll(/^[ \t]*\/\/[#@][ \t]*sourceMappingURL=(\S+)[ \t]*$/gmu) ?? [])].at(-1)?.[1];
	return sourceMapUrl === undefined ? undefined : { url: file, loadedAs: null, sourceMapUrl, source: null };
}

type ReadMap = { readonly text: string; readonly folder: string | null } | { readonly why: string };

/** @param folder of the script; null where it has none */
async function readMap(url: string, folder: string | null): Promise<ReadMap> {
	if (url.startsWith("data:")) {
		const text = textOfDataUrl(url);
		return text === null ? { why: "its data: URL is damaged" } : { text, folder };
	}
	const path = mapPath(url, folder);
	if (path === null) {
		return {
			why: /^https?:/iu.test(url) ? "its map is on a network, which is not asked" : "it is not said where its map is",
		};
	}
	try {
		const { size } = await regularFile(path);
		if (size > LARGEST_FILE_BYTES) return { why: "its map is larger than 50 MiB" };
		return { text: await readFile(path, "utf8"), folder: dirname(path) };
	} catch (error) {
		if (error instanceof NotRegular) return { why: "its map is not a regular file" };
		return { why: systemErrorCode(error) === "ENOENT" ? "its map is missing" : "its map cannot be read" };
	}
}

/** Null for what is no file. */
function mapPath(url: string, folder: string | null): string | null {
	try {
		if (url.startsWith("file:")) return fileURLToPath(url);
		if (/^[a-z][a-z0-9+.-]+:/iu.test(url)) return null;
		const path = decodeURIComponent(url);
		return isAbsolute(path) ? path : folder === null ? null : resolve(folder, path);
	} catch {
		return null;
	}
}

function textOfDataUrl(url: string): string | null {
	const comma = url.indexOf(",");
	if (comma < 0) return null;
	const body = url.slice(comma + 1);
	try {
		return /;base64$/iu.test(url.slice(0, comma))
			? Buffer.from(body, "base64").toString("utf8")
			: decodeURIComponent(body);
	} catch {
		return null;
	}
}

class NotRegular extends Error {}

/** Anything else, a pipe for one, might never end. */
async function regularFile(path: string): Promise<{ size: number }> {
	const found = await stat(path);
	if (!found.isFile()) throw new NotRegular();
	return found;
}

/** Null where it cannot be read, or is too large. */
async function textOf(path: string): Promise<string | null> {
	try {
		const { size } = await regularFile(path);
		return size > LARGEST_FILE_BYTES ? null : await readFile(path, "utf8");
	} catch {
		return null;
	}
}
