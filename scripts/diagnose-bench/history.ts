/** A repository with one guilty commit among harmless ones, made of the ten-plugin app. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectRoot } from "#src/process/entry-point.js";
import { seededRandom, shuffled } from "#src/random.js";
import { inScripts } from "../bench/processes.js";

/** A commit. */
interface Change {
	readonly subject: string;
	readonly file: string;
	/** Of the file as it is then; "" where there is none. */
	readonly edit: (text: string) => string;
}

const SERVER = "server.cjs";

/** @throws where the text is not there: a commit that changes nothing is none */
const replacing =
	(before: string, after: string) =>
	(text: string): string => {
		if (!text.includes(before)) throw new Error(`there is no ${before}`);
		return text.replace(before, after);
	};

const server = (subject: string, before: string, after: string): Change => ({
	subject,
	file: SERVER,
	edit: replacing(before, after),
});

/** None of them costs a request anything. */
const harmless: readonly Change[] = [
	{ subject: "Say what it is", file: "README.md", edit: () => "A service with ten plugins.\n" },
	{
		subject: "Describe the package",
		file: "package.json",
		edit: replacing('"private":true', '"private":true,"license":"MIT"'),
	},
	server("Allow the preview", '"http://localhost:3000"', '"http://localhost:3000", "http://localhost:4000"'),
	server("Say why audit is last", 'own("audit"', '// Behind all others, so that it sees the status.\nown("audit"'),
	server("Name the port", "app.listen({", 'const host = "127.0.0.1";\napp.listen({'),
	server("Prices by thirds", "id * 1.5", "(id * 3) / 2"),
	{
		subject: "Test that it starts",
		file: "test/server.test.cjs",
		edit: () => 'require("node:test")("starts", () => {});\n',
	},
	{
		subject: "Prepare for metrics",
		file: "lib/metrics.cjs",
		edit: () => "exports.count = (counts, name) => counts.set(name, (counts.get(name) ?? 0) + 1);\n",
	},
	server("Tell health", 'app.get("/", ', 'app.get("/health", () => "ok");\napp.get("/", '),
	server("A window of a minute, by its name", "timeWindow: 60_000", 'timeWindow: "1 minute"'),
	server("Say what tenants are", 'own("tenant"', '// By the name that was asked for.\nown("tenant"'),
];

/** What makes it dearer; the improvement takes something away that was there. */
export const guilts = {
	scan: server(
		"Remember recent requests",
		"app.lastRequest = {",
		"recent.push(request.traceId);\n\tif (recent.length > 600) recent.splice(0, 1);\n\tif (recent.filter((id) => id === request.traceId).length > 1) request.repeated = true;\n\tapp.lastRequest = {",
	),
	clone: server("Hand out copies", "items }));", "items: structuredClone(items) }));"),
	await: server(
		"Wait for the directory",
		"request.traceId = request",
		"await new Promise((resolve) => setTimeout(resolve, 1));\n\trequest.traceId = request",
	),
	stall: server(
		"Check the tenant now and then",
		"request.tenant = (request",
		"checked++;\n\tfor (const until = performance.now() + 20; checked % 200 === 0 && performance.now() < until; );\n\trequest.tenant = (request",
	),
	label: server(
		"More features",
		'["a", "b", "c", "d"].map((name)',
		"Array.from({ length: 40 }, (_, index) => 'feature-' + index).map((name)",
	),
	log: server(
		"Log requests",
		'reply.header("server-timing"',
		'for (const each of [_request, reply]) lines.set(each.statusCode ?? 0, JSON.stringify({ at: new Date(), url: _request.url, headers: _request.headers }));\n\treply.header("server-timing"',
	),
	option: server("Log as the framework does", "logger: false", 'logger: { level: "info", stream: { write() {} } }'),
	version: {
		subject: "Update ids",
		file: "package-lock.json",
		edit: replacing('"node_modules/ids":{"version":"1.0.0"}', '"node_modules/ids":{"version":"1.1.0"}'),
	},
	same: { subject: "Nothing more", file: "NOTES.md", edit: () => "Nothing yet.\n" },
	improvement: server("Copy no more", "items: structuredClone(items) }));", "items }));"),
} as const satisfies Readonly<Record<string, Change>>;
export type Guilt = keyof typeof guilts;

const IDS = {
	"1.0.0": 'module.exports = () => "id-" + Math.random().toString(36).slice(2);\n',
	"1.1.0":
		'module.exports = function id() {\n\tlet text = "";\n\tfor (let index = 0; index < 1_500; index++) text = (text + Math.random().toString(36)).slice(-12);\n\treturn "id-" + text;\n};\n',
} as const;
/** Stands for an installer: it brings packages in the versions that the lockfile names. */
const INSTALL = `const { cpSync, mkdirSync, readdirSync, symlinkSync } = require("node:fs");
const { packages } = require("./package-lock.json");
mkdirSync("node_modules", { recursive: true });
for (const name of readdirSync(process.env.INSTALLED)) {
	if (!name.startsWith(".")) symlinkSync(process.env.INSTALLED + "/" + name, "node_modules/" + name);
}
for (const [place, { version }] of Object.entries(packages)) {
	if (place !== "") cpSync("vendor/" + place.slice(13) + "-" + version, place, { recursive: true });
}
`;

export interface History {
	readonly root: string;
	readonly guilty: string;
	/** Options of the command. */
	readonly prepare: readonly string[];
}

/** @param commits behind the first, which is tagged "base" */
export function makeHistory(root: string, guilt: Guilt, commits: number, seed: number): History {
	const git = (...args: readonly string[]): string =>
		execFileSync("git", ["-c", "user.name=bench", "-c", "user.email=bench@localhost", ...args], {
			cwd: root,
			encoding: "utf8",
		}).trim();
	const write = (file: string, text: string): void => {
		mkdirSync(dirname(join(root, file)), { recursive: true });
		writeFileSync(join(root, file), text);
	};
	const apply = ({ file, edit, subject }: Change): string => {
		const path = join(root, file);
		write(file, edit(existsSync(path) ? readFileSync(path, "utf8") : ""));
		git("add", "--all");
		git("commit", "--quiet", "--message", subject);
		return git("rev-parse", "HEAD");
	};
	mkdirSync(root, { recursive: true });
	git("init", "--quiet", "--initial-branch=main");
	write(".gitignore", "node_modules\nprofiles\n");
	write("package.json", '{"name":"shop","version":"1.0.0","private":true}\n');
	write("package-lock.json", '{"lockfileVersion":3,"packages":{"":{},"node_modules/ids":{"version":"1.0.0"}}}\n');
	write("install.cjs", INSTALL);
	for (const [version, text] of Object.entries(IDS)) write(`vendor/ids-${version}/index.js`, text);
	const app = readFileSync(inScripts("verdict-bench", "ten-plugins.cjs"), "utf8")
		.replace("?? randomUUID()", guilt === "version" ? '?? require("ids")()' : "?? randomUUID()")
		.replace(
			"const app = fastify",
			"const [recent, lines] = [[], new Map()];\nlet checked = 0;\n\nconst app = fastify",
		);
	write(SERVER, guilt === "improvement" ? guilts.clone.edit(app) : app);
	if (guilt !== "version") symlinkSync(join(projectRoot, "node_modules"), join(root, "node_modules"));
	git("add", "--all");
	git("commit", "--quiet", "--message", "A service");
	git("tag", "base");
	const random = seededRandom(seed);
	const others = shuffled(harmless.length, random)
		.slice(0, commits - 1)
		.map((index) => harmless[index] as Change);
	const place = Math.floor(random() * commits);
	const ids = [...others.slice(0, place), guilts[guilt], ...others.slice(place)].map(apply);
	return {
		root,
		guilty: ids[place] ?? "",
		prepare:
			guilt === "version" ? ["--prepare", `INSTALLED=${join(projectRoot, "node_modules")} node install.cjs`] : [],
	};
}
