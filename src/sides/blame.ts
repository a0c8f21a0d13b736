import type { Commit } from "#src/model/diagnosis.js";
import { git } from "./git.js";

/** The two commits between which it is asked; a head of null is the working tree. */
export interface Between {
	readonly root: string;
	readonly base: string;
	readonly head: string | null;
	readonly signal: AbortSignal;
}

const NOT_COMMITTED = /^0+$/;
/** Of a package: who touched its lockfile as often as that says little. */
const MOST_COMMITS = 5;

/** By line of a file of head, from 1, the commit behind base that brought it; none of what is older, or not committed. */
export async function linesOfCommits(
	{ root, base, head, signal }: Between,
	file: string,
): Promise<Map<number, Commit>> {
	const revisions = [`^${base}`, ...(head === null ? [] : [head])];
	const text = await orNothing(git(root, ["blame", "--porcelain", ...revisions, "--", file], signal), signal);
	return parseBlame(text);
}

/** @param text as `git blame --porcelain` writes it */
function parseBlame(text: string): Map<number, Commit> {
	const byLine = new Map<number, Commit>();
	const commits = new Map<string, { subject: string; committedAt: string; isOlder: boolean }>();
	let [id, line] = ["", 0];
	for (const each of text.split("\n")) {
		const header = /^([0-9a-f]{40,64}) \d+ (\d+)/.exec(each);
		if (header !== null) {
			[id, line] = [header[1] ?? "", Number(header[2])];
			if (!commits.has(id)) commits.set(id, { subject: "", committedAt: "", isOlder: NOT_COMMITTED.test(id) });
			continue;
		}
		const commit = commits.get(id);
		if (commit === undefined) continue;
		if (each.startsWith("\t")) {
			const { subject, committedAt, isOlder } = commit;
			if (!isOlder) byLine.set(line, { commit: id, subject, committedAt });
		} else if (each.startsWith("summary ")) commit.subject = each.slice("summary ".length);
		else if (each.startsWith("committer-time "))
			commit.committedAt = isoOf(Number(each.slice("committer-time ".length)));
		else if (each === "boundary") commit.isOlder = true;
	}
	return byLine;
}

/** Those behind base that changed how often a text stands in a file, or all that touched it where there is none; the newest first. */
export async function commitsOf(
	{ root, base, head, signal }: Between,
	files: readonly string[],
	text: string | null = null,
): Promise<Commit[]> {
	const format = "--format=%H%x09%ct%x09%s";
	const which = text === null ? [] : [`-S${text}`];
	const range = `${base}..${head ?? "HEAD"}`;
	const found = await orNothing(
		git(root, ["log", `--max-count=${MOST_COMMITS}`, format, ...which, range, "--", ...files], signal),
		signal,
	);
	return found.split("\n").flatMap((line) => {
		const [commit = "", seconds = "", ...subject] = line.split("\t");
		return commit === "" ? [] : [{ commit, subject: subject.join("\t"), committedAt: isoOf(Number(seconds)) }];
	});
}

const isoOf = (seconds: number): string => new Date(seconds * 1e3).toISOString();

/** Who wrote it is good to know; where git cannot tell, the rest stands without. */
async function orNothing(text: Promise<string>, signal: AbortSignal): Promise<string> {
	return text.catch(() => {
		signal.throwIfAborted();
		return "";
	});
}
