import { redactQuery } from "./query.js";
import { isHarmlessHeader, namesSecret, REPLACEMENT, tellsNothing } from "./secret-names.js";

/** The command line as it may be shown. */
export const redactArgv = (argv: readonly string[]): string[] => read(argv).shown;

/** The secrets that stand in a command line, by the names that stand beside them. */
export const secretsOfArgv = (argv: readonly string[]): string[] => read(argv).secrets;

function read(argv: readonly string[]): { shown: string[]; secrets: string[] } {
	const secrets: string[] = [];
	const hide = (value: string): string => {
		if (tellsNothing(value) || value === REPLACEMENT) return value;
		secrets.push(value);
		return REPLACEMENT;
	};
	const shown = argv.map((word, index) => hideInWord(word, argv[index - 1] ?? "", hide));
	return { shown, secrets };
}

type Hide = (value: string) => string;

/** @param before the word before it, which may be the option whose value this is */
function hideInWord(word: string, before: string, hide: Hide): string {
	if (/^(?:-H|--header)$/.test(before)) return hideInHeader(word, hide);
	const attached = /^(-H|--header=)(.+)$/s.exec(word);
	if (attached?.[1] !== undefined && attached[2] !== undefined) return attached[1] + hideInHeader(attached[2], hide);
	if (/^(?:-u|--user)$/.test(before)) return word.replace(/^([^:]*:)(.+)$/s, (_, user, value) => user + hide(value));
	if (takesSecret(before) && !word.startsWith("-") && !isScript(word))
		return isFileOf(before, word) ? word : hide(word);
	return hideInText(word, hide);
}

/** Options after whose names a secret stands as a word of its own. Our own --tokens names a file. */
const takesSecret = (option: string): boolean =>
	/^--?(?!no-)[\w.-]+$/.test(option) && option !== "--tokens" && namesSecret(option);

/** Our own --token may name a file. */
const isFileOf = (option: string, value: string): boolean => /^-*token$/.test(option) && value.startsWith("@");

/** What follows an option that takes nothing ("--require-auth server.js"). */
const isScript = (word: string): boolean => /\.(?:[cm]?[jt]sx?|json|toml|py|rb|sh|pem|txt)$/.test(word);

function hideInHeader(header: string, hide: Hide): string {
	const at = header.indexOf(":");
	// Without its colon it is refused, and what stands behind the name must not be repeated.
	if (at < 0) return header.replace(/^(\S+\s+)(.+)$/s, (_, name: string, value: string) => name + hide(value));
	const [name, value] = [header.slice(0, at), header.slice(at + 1)];
	if (isHarmlessHeader(name)) return `${name}:${hideInText(value, hide)}`;
	const blanks = /^\s*/.exec(value)?.[0] ?? "";
	return `${name}:${blanks}${hide(value.slice(blanks.length))}`;
}

/** A word in which several things may stand: NAME=value, --name=value, a URL, JSON, a form, a command line in quotes. */
function hideInText(text: string, hide: Hide): string {
	const assignment = /^((?:env:|flag:)?-{0,2}([\w.-]+)\s*=)(.*)$/s.exec(text);
	if (assignment !== null) {
		const [, start = "", name = "", value = ""] = assignment;
		// A layer may be called "auth"; then comes what switches it.
		const isSecret = namesSecret(name) && name !== "tokens" && !isFileOf(name, value) && !/^(?:env|flag):/.test(value);
		return start + (isSecret ? hide(value) : hideInText(value, hide));
	}
	const json = jsonOf(text);
	if (json !== undefined) return hideInJson(json, text, hide);
	return hideNamed(hideInMarkup(hideInUrls(text, hide), hide), hide);
}

function jsonOf(text: string): object | undefined {
	if (!/^\s*[[{]/.test(text)) return undefined;
	try {
		return JSON.parse(text) as object;
	} catch {
		return undefined;
	}
}

/** The text itself where nothing in it is secret: written anew, numbers and blanks could change. */
function hideInJson(json: object, text: string, hide: Hide): string {
	let isHidden = false;
	const hideAndTell = (value: string): string => {
		const shown = hide(value);
		isHidden ||= shown !== value;
		return shown;
	};
	const shown = JSON.stringify(hideInValue(json, false, hideAndTell));
	return isHidden ? shown : text;
}

function hideInValue(value: unknown, isSecret: boolean, hide: Hide): unknown {
	if (Array.isArray(value)) return value.map((each) => hideInValue(each, isSecret, hide));
	if (typeof value === "object" && value !== null) {
		return Object.fromEntries(
			Object.entries(value).map(([key, each]) => [key, hideInValue(each, isSecret || namesSecret(key), hide)]),
		);
	}
	if (typeof value === "string") return isSecret ? hide(value) : hideInText(value, hide);
	if (typeof value !== "number" || !isSecret) return value;
	const shown = hide(String(value));
	return shown === String(value) ? value : shown;
}

/** User information and query of every URL in a text. */
function hideInUrls(text: string, hide: Hide): string {
	return text
		.replace(
			/([a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@?#'"]{0,500}:)([^\s/?#'"]{0,2000})@/gi,
			(_, start: string, password: string) => {
				return `${start}${hide(password)}@`;
			},
		)
		.replace(
			/\b([a-z][a-z0-9+.-]{0,30}:\/\/)([\w~.-]{16,500})(?=@)/gi,
			(_, scheme: string, token: string) => scheme + hide(token),
		)
		.replace(/[?;][^\s'"]+/g, (query) => redactQuery(query, hide));
}

/** `<password>value</password>`, and a part of a form that is sent in parts: `name="password"`, an empty line, the value. */
const ELEMENT =
	/(<((?:[\w.-]{1,80}:)?([\w.-]{2,80}))(?:\s[^<>]{0,500})?>(?:<!\[CDATA\[)?)([^<\]]{1,4000})(?=(?:\]\]>)?<\/\2\s*>)/g;
const FORM_PART = /(\bname="([^"\r\n]{1,80})"[^\r\n]*(?:\r?\n[^\r\n]+){0,9}\r?\n\r?\n)([^\r\n]{1,4000})/g;

const hideInMarkup = (text: string, hide: Hide): string =>
	text
		.replace(ELEMENT, (whole, start: string, _, name: string, value: string) =>
			namesSecret(name) ? start + hide(value) : whole,
		)
		.replace(FORM_PART, (whole, start: string, name: string, value: string) =>
			namesSecret(name) ? start + hide(value) : whole,
		);

const SCHEME = "(?:(?:Bearer|Basic|Digest|Negotiate|Token|ApiKey)\\s+)";
/** `name=value`, `name: value`, `"name":"value"`; the value in quotation marks, or up to what ends a word. */
const NAMED = new RegExp(
	`(?<![\\w.-])([\\w.-]{2,80})((?:\\\\?["'])?\\s*[:=]\\s*)(?:(\\\\?["'])(.*?)\\3|(\\[secret\\]|${SCHEME}?[^\\s"'&,;}\\]]+))`,
	"gis",
);
/** An option and its value in a line of several words. */
const OPTION = /((?<![\w-])--?(?!no-)[\w.-]{1,80}\s+)([^\s"'-][^\s"']*)/g;
const BEARER = /\b((?:Bearer|Basic)\s+)([\w.~+/=-]{4,})/g;
/** What is a token by its shape, whatever stands beside it: a JSON web token, those of OpenAI, GitHub, GitLab, Slack, npm, AWS. */
const TOKEN =
	/\b(?:eyJ[\w-]{8,4000}\.[\w-]{8,8000}\.[\w-]*|sk-[\w-]{16,300}|gh[pousr]_\w{20,300}|github_pat_\w{20,300}|glpat-[\w-]{16,300}|xox[abeoprs]-[\w-]{10,300}|npm_\w{30,300}|AKIA[0-9A-Z]{16}\b)/g;

function hideNamed(text: string, hide: Hide): string {
	NAMED.lastIndex = 0;
	let shown = "";
	let kept = 0;
	for (let match = NAMED.exec(text); match !== null; match = NAMED.exec(text)) {
		const [whole, name = "", between = "", quote = "", quoted, bare] = match;
		if (!namesSecret(name)) {
			// What is taken for its value may itself be a name.
			NAMED.lastIndex = match.index + name.length + between.length;
			continue;
		}
		shown += `${text.slice(kept, match.index)}${name}${between}${quote}${hide(quoted ?? bare ?? "")}${quote}`;
		kept = match.index + whole.length;
	}
	return (shown + text.slice(kept))
		.replace(OPTION, (both, option: string, value: string) =>
			takesSecret(option.trim()) && !isScript(value) ? option + hide(value) : both,
		)
		.replace(BEARER, (_, scheme: string, value: string) => scheme + hide(value))
		.replace(TOKEN, (token) => hide(token));
}
