/** A port that a server did not get because another process has it. */
export interface TakenPort {
	/** Null where it does not say which. */
	readonly port: number | null;
}

/**
 * How servers say it: Node, Bun and Ruby with the name of the error, Go, Python, Rust, Java, PHP and .NET with the system's sentence,
 * frameworks such as Spring, Django and Next.js in their own words, Windows in its.
 */
const SAID =
	/\bEADDRINUSE\b|\bAddrInUse\b|address (?:is )?already in use|\bport\b.{0,20}\b(?:(?:is|was) )?(?:already in use|already allocated|in use by)|only one usage of each socket address/i;

/** Where in such a line, or in the fields of Node's error below it, the port stands. */
const PORT_IN_LINE = [
	/already in use \S*?:(\d{1,5})\b/i,
	/\bport:? (\d{1,5})\b/i,
	/(?:^|[\s\]*a-z]|\.\d{1,3}):(\d{1,5})\b/i,
	/\('[^']*', (\d{1,5})\)/,
];
const PORT_FIELD = /^\W*port: (\d{1,5}),?$/;

/** What lines of a log say of a port that is taken; null where they do not say that. */
export function takenPortOf(lines: readonly string[]): TakenPort | null {
	const said = lines.filter((line) => SAID.test(line));
	if (said.length === 0) return null;
	const found = [
		...PORT_IN_LINE.flatMap((pattern) => said.map((line) => pattern.exec(line)?.[1])),
		...lines.map((line) => PORT_FIELD.exec(line)?.[1]),
	].find((each) => each !== undefined && Number(each) > 0 && Number(each) <= 65_535);
	return { port: found === undefined ? null : Number(found) };
}
