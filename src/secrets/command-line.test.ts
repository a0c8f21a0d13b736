import { describe, expect, it } from "vitest";
import { redactArgv, secretsOfArgv } from "./command-line.js";

const SECRET = "hunter2hunter2";

describe("a command line loses what stands beside a name that says it is secret", () => {
	it.each([
		["the user information of a URL", ["--url", `http://me:${SECRET}@127.0.0.1:3000`]],
		["that of a URL with its option", [`--url=http://me:${SECRET}@127.0.0.1:3000`]],
		["that of a URL in an environment", ["--", "env", `DATABASE_URL=postgres://me:${SECRET}@db/x`, "node", "s.js"]],
		["a vault's header", ["-H", `x-vault-token: ${SECRET}`]],
		["a header written in one word", [`-Hprivate-token: ${SECRET}`]],
		["a header with its option", [`--header=X-Access-Token: ${SECRET}`]],
		["a header whose name tells nothing", ["-H", `x-tenant: ${SECRET}`]],
		["a header without a blank", ["-H", `apikey:${SECRET}`]],
		["a header without its colon", ["-H", `authorization ${SECRET}`]],
		["a cookie", ["-H", `cookie: theme=dark; sid=${SECRET}`]],
		["a token", ["--token", SECRET]],
		["a token with its option", [`--token=${SECRET}`]],
		["a field of a JSON body", ["--body", `{"user":"me","password":"${SECRET}"}`]],
		["one that is deep in it", ["--body", `{"login":{"auth":[{"value":"${SECRET}"}]}}`]],
		["one of a body that is no JSON", ["--body", `{"password":"${SECRET}",`]],
		["a field of a form", ["--body", `user=me&password=${SECRET}&remember=1`]],
		["an environment of a side", ["--base-env", `PASSWORD=${SECRET}`]],
		["an environment of a side with its option", [`--head-env=API_KEY=${SECRET} and blanks`]],
		["an environment of a command", ["--", "env", `NPM_PASSWORD=${SECRET}`, "node", "server.js"]],
		["an option of a command", ["--", "node", "server.js", "--api-key", SECRET]],
		["an option of a command with its value", ["--", "node", "server.js", `--client-secret=${SECRET}`]],
		["a command in quotes", ["--base-cmd", `env SESSION_SECRET=${SECRET} node server.js`]],
		["an option of a command in quotes", ["--base-cmd", `node server.js --password ${SECRET}`]],
		["a header in a command in quotes", ["--prepare", `curl -H "authorization: Bearer ${SECRET}" x`]],
		["what turns a layer off", ["--layer", `auth=env:AUTH_TOKEN=${SECRET}`]],
		["the query of an endpoint", [`/items?page=2&access_token=${SECRET}`]],
		["the query of an endpoint with a method", [`POST:/items?X-Amz-Signature=${SECRET}&a=1`]],
		["a parameter of a path", [`/items;jsessionid=${SECRET}/of;a=b?page=2`]],
		["an element of XML", ["--body", `<login><wsse:Password Type="text">${SECRET}</wsse:Password></login>`]],
		["one whose text is quoted", ["--body", `<password><![CDATA[${SECRET}]]></password>`]],
		[
			"a part of a form",
			["--body", `--b\r\nContent-Disposition: form-data; name="password"\r\nx: y\r\n\r\n${SECRET}\r\n--b--\r\n`],
		],
		["a URL that is given a token for its user", ["--", "env", `REDIS=rediss://${SECRET}-${SECRET}@db/0`]],
		["a token by its shape", ["--", "node", "server.js", `sk-${SECRET}-${SECRET}`]],
		["a user of curl", ["--", "wrapper", "-u", `me:${SECRET}`]],
	])("%s", (_, argv) => {
		expect(redactArgv(argv).join(" ")).not.toContain(SECRET);
		expect(redactArgv(argv).join(" ")).toContain("[secret]");
		expect(secretsOfArgv(argv).join(" ")).toContain(SECRET);
	});

	it("also where it is short", () => {
		expect(redactArgv(["--token", "abc", "--base-env", "PASSWORD=xyz", "/a?token=q"])).toEqual([
			"--token",
			"[secret]",
			"--base-env",
			"PASSWORD=[secret]",
			"/a?token=[secret]",
		]);
	});
});

it.each([
	["load", "/items?page=2&sort=name", "-c", "64", "-d", "10s"],
	["compare", "/", "--base", "main", "--fail-on", "cpu=5%,p99=10%"],
	["flame", "GET:/a:b", "-H", "accept: text/html", "-H", "Content-Type: application/json"],
	["matrix", "/", "--layer", "auth=env:AUTH=0", "--layer", "session=flag:--no-session", "--without", "auth"],
	["load", "/", "--token", "@/run/token", "--tokens", "tokens.txt", "--body", '{"message": "hi",  "n": 1.0}'],
	["compare", "/", "--base-env", "AUTH=off", "--head-env", "AUTH=on"],
	["flame", "/", "--", "node", "--require-auth", "server.js", "--port", "3000", "--author", "me"],
	["compare", "/", "--base-cmd", "env KEY=$KEY node server.js"],
	[
		"load",
		"/a;v=1;b?c=d",
		"--body",
		"<user><name>me</name><token/></user>",
		"--",
		"env",
		"DB=postgres://postgres@db/x",
	],
])("leaves everything else as it is: %j", (...argv) => {
	expect(redactArgv(argv)).toEqual(argv);
	expect(secretsOfArgv(argv)).toEqual([]);
});

it("takes no longer for long words than for short ones", () => {
	const words = ["/".repeat(200_000), "a".repeat(200_000), `${"eyJ".repeat(60_000)}`, `x${" ".repeat(200_000)}y`];
	expect(redactArgv(words)).toEqual(words);
});
