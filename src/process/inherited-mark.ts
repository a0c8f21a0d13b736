import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readText } from "./process-table.js";

/**
 * A number that a process hands down to all that it starts, and that none of them loses: not by a session of its own, an empty
 * environment or closed files, and not when its parent ends. It is the soft limit of file locks (RLIMIT_LOCKS), which fork(2) and
 * execve(2) keep, and which Linux has not enforced since 2.4 (getrlimit(2)): it limits nothing, and at random it names one child of ours.
 */
export type InheritedMark = string;

const SMALLEST = 1n << 56n;
const RANDOM_BYTES = 7;

const newNumber = (): InheritedMark => String(SMALLEST + BigInt(`0x${randomBytes(RANDOM_BYTES).toString("hex")}`));

/** A new mark, or null where none can be given: elsewhere than on Linux, without prlimit(1), or where a limit is set already. */
export const newInheritedMark = (): InheritedMark | null => (canMark() ? newNumber() : null);

/** The command line that runs `argv` with the mark; the process keeps its id, since prlimit replaces itself. */
export const argvWithMark = (mark: InheritedMark, argv: readonly string[]): string[] => [
	"prlimit",
	`--locks=${mark}:`,
	"--",
	...argv,
];

export const carriesMark = (pid: number, mark: InheritedMark): boolean =>
	markIn(readText(`/proc/${pid}/limits`)) === mark;

const markIn = (limits: string | undefined): string | undefined => /^Max file locks\s+(\S+)/m.exec(limits ?? "")?.[1];

let isPossible: boolean | undefined;

/** Tried once with a process of no meaning: what fails here would fail every target. */
function canMark(): boolean {
	if (isPossible === undefined) {
		try {
			const mark = newNumber();
			const [program = "", ...args] = argvWithMark(mark, ["cat", "/proc/self/limits"]);
			const limits = execFileSync(program, args, { encoding: "latin1", stdio: ["ignore", "pipe", "ignore"] });
			isPossible = markIn(limits) === mark;
		} catch {
			isPossible = false;
		}
	}
	return isPossible;
}
