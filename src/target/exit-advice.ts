import type { KnownErrorParts } from "#src/errors.js";
import { type TakenPort, takenPortOf } from "./taken-port.js";

type Advice = Pick<KnownErrorParts, "why" | "fix">;

interface Known {
	readonly pattern: RegExp;
	/** @param found what the groups of the pattern hold; "" where one holds nothing */
	readonly advice: (...found: readonly string[]) => Advice;
}

const portTaken = ({ port }: TakenPort): Advice => ({
	why: `${port === null ? "its port" : `port ${port}`} is in use`,
	fix: "end what listens there, or let the server take its port from PORT: az-prof sets it to a free one",
});

/** What a server prints that ends before it answers, and what it usually means; the first that fits counts. */
const KNOWN: readonly Known[] = [
	{
		pattern: /EACCES: permission denied (?:\S*):(\d+)\s*$/,
		advice: (port) => ({
			why: `port ${port} needs more rights than this process has`,
			fix: "let the server take its port from PORT, or choose one above 1023",
		}),
	},
	{
		pattern: /Cannot find (?:module|package) '([^']+)'/,
		advice: (name = "") =>
			/^(\.|\/|[A-Za-z]:|file:)/.test(name)
				? {
						why: `there is no ${name}`,
						fix: "check the path, which is seen from the current folder, or build the server first",
					}
				: {
						why: `the package ${name} is not installed where the server looks for it`,
						fix: "run npm install (npm ci) in its folder",
					},
	},
	{
		pattern: /(?:npm error|npm ERR!) Missing script: "?([^"]+)"?/,
		advice: (name) => ({ why: `package.json has no script "${name}"`, fix: "npm run lists those there are" }),
	},
	{
		pattern: /(?:npm error|npm ERR!).*?(?:Could not read package\.json|enoent).*package\.json/i,
		advice: () => ({ why: "there is no package.json here", fix: "start az-prof in the folder of the server" }),
	},
	{
		pattern: /bad option: (\S+)|(\S+) is not allowed in NODE_OPTIONS/,
		advice: (option, inEnvironment) => ({
			why: `its Node does not know ${option || inEnvironment}`,
			fix: "check the command, NODE_OPTIONS, and node --version (18.19 or newer is needed)",
		}),
	},
	{
		pattern:
			/(?:requires|needs|[Ee]xpected|[Uu]nsupported|incompatible).{0,40}\bNode(?:\.js)?\b.{0,60}|\bNode(?:\.js)? .{0,30}(?:is required|is not supported|or (?:newer|higher|later)).{0,40}/,
		advice: () => ({ why: "it wants another version of Node", fix: "switch to that version (nvm use), and try again" }),
	},
	{
		pattern: /NODE_MODULE_VERSION|was compiled against a different Node\.js version|invalid ELF header/,
		advice: () => ({
			why: "a native package was built for another Node",
			fix: "run npm rebuild with this version of Node",
		}),
	},
	{
		pattern: /Cannot use import statement outside a module|ERR_REQUIRE_ESM|require is not defined in ES module scope/,
		advice: () => ({
			why: "it mixes ES modules and CommonJS",
			fix: 'build it first, or name it .mjs, .cjs, or set "type" in its package.json',
		}),
	},
	{
		pattern: /ERR_UNKNOWN_FILE_EXTENSION.*?"(\.\w+)"|Unknown file extension "(\.\w+)"/,
		advice: (extension, again) => ({
			why: `Node does not run ${extension || again} files`,
			fix: "build the server first, or start it with what runs them (npx tsx server.ts)",
		}),
	},
	{
		pattern: /^\s*SyntaxError\b(?!.*JSON): (.+)$/,
		advice: (what) => ({
			why: `its code cannot be parsed (${what})`,
			fix: "check the file that the lines below name, and node --version",
		}),
	},
	{
		pattern: /heap out of memory/,
		advice: () => ({ why: "it ran out of memory", fix: "give it more with --max-old-space-size" }),
	},
	{
		pattern:
			/(?:environment variable|env(?:ironment)?\b).{0,60}(?:missing|required|not set|undefined|must be)|(?:missing|required|must set|not set|undefined).{0,40}(?:environment variable|process\.env|\benv\b)|\b[A-Z][A-Z0-9]*_[A-Z0-9_]+ (?:is (?:missing|required|not set|not defined|undefined)|must be set)|(?:missing|required):? [A-Z][A-Z0-9]*_[A-Z0-9_]+\b/i,
		advice: () => ({
			why: "it lacks something in its environment",
			fix: "set it in the shell that starts az-prof, which hands its environment on (or -- node --env-file=.env server.js)",
		}),
	},
	{
		pattern: /ECONNREFUSED (\S+)/,
		advice: (where) => ({ why: `nothing answers at ${where}, which it needs`, fix: "start that service first" }),
	},
	{
		pattern: /ENOTFOUND (\S+)/,
		advice: (host) => ({ why: `it needs the host ${host}, which cannot be found`, fix: "check its configuration" }),
	},
	{
		pattern: /ENOENT: no such file or directory, \w+ '([^']+)'/,
		advice: (file) => ({
			why: `it needs ${file}, which is not there`,
			fix: "start az-prof in the folder that the server is started in",
		}),
	},
	{
		pattern: /(?:EACCES: permission denied|EPERM: operation not permitted), \w+ '([^']+)'/,
		advice: (file) => ({ why: `it may not use ${file}`, fix: "check the rights of the file" }),
	},
	{
		pattern: /(?:^|: )(?:\d+: )?(\S+): (?:command )?not found\s*$/,
		advice: (program) => ({ why: `there is no command ${program}`, fix: "install it, or run npm install" }),
	},
];

/** What the last lines of a target's log usually mean; null where that is not known. The last line that is known counts. */
export function adviceFromLog(lines: readonly string[]): Advice | null {
	const taken = takenPortOf(lines);
	if (taken !== null) return portTaken(taken);
	for (const { pattern, advice } of KNOWN) {
		for (const line of [...lines].reverse()) {
			const match = pattern.exec(line);
			if (match !== null) return advice(...match.slice(1).map((group) => group ?? ""));
		}
	}
	return null;
}

/** Where the log says nothing: what the exit code alone means. */
export function adviceFromCode(code: number | null, isEmpty: boolean): Advice | null {
	if (code === 126) return { why: "its command cannot be executed", fix: "make it executable (chmod +x)" };
	if (code === 127) return { why: "its command was not found", fix: "check the command after --" };
	if (code === 0) {
		return {
			why: "it ended by itself, without an error",
			fix: "give the command that runs the server itself, and does not put it into the background",
		};
	}
	return isEmpty ? { fix: "it printed nothing: run its command by hand to see why" } : null;
}
