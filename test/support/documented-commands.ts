import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { entryPoint, projectRoot } from "#src/process/entry-point.js";
import { freePort } from "#src/target/ports.js";

/** README, docs and what else is written for readers. */
export const pages: readonly string[] = [
	"README.md",
	"CONTRIBUTING.md",
	"middleware-matrix/README.md",
	...readdirSync(join(projectRoot, "docs"))
		.filter((name) => name.endsWith(".md"))
		.map((name) => `docs/${name}`),
];

export const textOf = (page: string): string => readFileSync(join(projectRoot, page), "utf8");

export interface PageCommand {
	readonly page: string;
	readonly command: string;
}

/** Those of az-prof, each once, whatever page it is on. */
export function ourCommands(of: readonly string[]): PageCommand[] {
	const commands = of.flatMap((page) => shellCommands(page).map((command) => ({ page, command })));
	return [
		...new Map(
			commands.filter(({ command }) => /\baz-prof\b/.test(command)).map((each) => [each.command, each]),
		).values(),
	];
}

/** A block of code of a page of the documentation. */
export interface CodeBlock {
	readonly page: string;
	readonly language: string;
	readonly lines: readonly string[];
}

function codeBlocks(page: string): CodeBlock[] {
	return [...textOf(page).matchAll(/^```(\w*)\n(.*?)^```/gms)].map(([, language = "", body = ""]) => ({
		page,
		language,
		lines: body.replaceAll("\\\n", " ").trimEnd().split("\n"),
	}));
}

/** The commands of a page that a reader would type, without the remarks behind them. */
export const shellCommands = (page: string): string[] =>
	codeBlocks(page)
		.filter(({ language }) => language === "sh")
		.flatMap(({ lines }) => lines.map((line) => line.replace(/\s+#.*$/, "").trim()).filter((line) => line !== ""));

/** What the commands of the documentation presuppose: a repository with two versions of a service, and what it is sent. */
export async function documentedPlace(
	folder: string,
): Promise<{ readonly env: Record<string, string>; readonly port: number }> {
	const files = {
		"server.js": service("1"),
		"old.js": service("1"),
		"new.js": service("2"),
		server: `#!/usr/bin/env node\n${service("1")}`,
		"order.json": '{"item":7}',
		// As the page about it shows it.
		"layers.toml":
			codeBlocks("docs/matrix.md")
				.find(({ language }) => language === "toml")
				?.lines.join("\n") ?? "",
		"package.json": '{"name":"shop","version":"1.0.0","private":true,"scripts":{"start":"node server.js"}}',
		"package-lock.json":
			'{"name":"shop","version":"1.0.0","lockfileVersion":3,"packages":{"":{"name":"shop","version":"1.0.0"}}}',
		".gitignore": "bin/\nprofiles/\nsummary.md\n",
	};
	for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
	chmodSync(join(folder, "server"), 0o755);
	const git = (...args: string[]) =>
		execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@localhost", ...args], {
			cwd: folder,
			stdio: "ignore",
		});
	git("init", "-b", "main");
	git("add", ".");
	git("commit", "-m", "one");
	git("tag", "v1.2");
	writeFileSync(join(folder, "server.js"), service("2"));
	git("commit", "-am", "two");
	git("tag", "v1.3");
	git("update-ref", "refs/remotes/origin/main", "v1.2");
	const bin = join(folder, "bin");
	mkdirSync(bin);
	script(join(bin, "npx"), npx);
	script(join(bin, "jq"), jq);
	symlinkSync(process.execPath, join(bin, "node"));
	return {
		env: {
			PATH: `${bin}:${process.env.PATH}`,
			GITHUB_STEP_SUMMARY: join(folder, "summary.md"),
			AZ_PROF_CLI: entryPoint("cli"),
		},
		port: await freePort(),
	};
}

const script = (file: string, text: string): void => writeFileSync(file, text, { mode: 0o755 });

/** A Fastify service with a plugin, that answers whatever it is asked. */
const service = (version: string): string => `
const load = require("node:module").createRequire(${JSON.stringify(join(projectRoot, "package.json"))});
const app = load("fastify")();
if (process.env.CORS !== "0") app.register(load("@fastify/cors"));
const answer = (request, reply) => reply.send({ version: ${JSON.stringify(version)}, items: [1, 2, 3] });
for (const path of ["/", "/items", "/health", "/me"]) app.get(path, answer);
app.post("/orders", answer);
app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
`;

/** The options that make each command as short as it can be. */
const npx = `#!/usr/bin/env node
const { spawnSync } = require("node:child_process");
const words = process.argv.slice(2).filter((word) => word !== "--no-install");
if (words.shift() !== "az-prof") throw new Error("only az-prof is run here");
const short = {
	flame: ["-d", "300ms", "--warmup", "100ms", "--with", "v8"],
	load: ["-d", "300ms", "--warmup", "100ms"],
	compare: ["--within", "3s", "--set", "300ms", "--warmup-requests", "200", "--no-profile", "-c", "4"],
	diagnose: ["--within", "3s", "--set", "300ms", "--warmup-requests", "200", "--no-profile", "-c", "4"],
	matrix: ["--within", "3s", "--set", "300ms", "--warmup-requests", "200", "--profile", "none", "-c", "4"],
}[words[0]] ?? [];
const end = words.indexOf("--");
const at = end < 0 ? words.length : end;
if (!words.includes("--list")) words.splice(at, 0, ...short);
const { status } = spawnSync(process.execPath, [process.env.AZ_PROF_CLI, ...words], { stdio: "inherit" });
process.exit(status ?? 2);
`;

/** Of jq what the documentation uses. */
const jq = `#!/usr/bin/env node
const { readFileSync } = require("node:fs");
const fields = process.argv[2].split(".").filter(Boolean);
console.log(JSON.stringify(fields.reduce((value, field) => value[field], JSON.parse(readFileSync(0, "utf8")))));
`;
