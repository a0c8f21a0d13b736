import { stripVTControlCharacters } from "node:util";
import { eastAsianWidth } from "get-east-asian-width";

/** One column each: Latin letters, general punctuation, arrows, mathematical signs, boxes and blocks. */
const NARROW =
	/^[\u0020-\u007e\u00a0-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2200-\u22ff\u2500-\u259f]*$/;
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Cs}\p{M}]/gu;
/** Signs that are drawn as pictures: with the selector for it, keycaps, flags. */
const PICTURE = /[\p{Extended_Pictographic}\d#*]\ufe0f|\p{Regional_Indicator}{2}/u;

/** Making one takes longer than all else that `runs` does. */
let segmenter: Intl.Segmenter | undefined;

/**
 * How many columns a text takes in a terminal: styles and marks none, wide letters and pictures two. As string-width has it, which takes
 * as long to load as everything else of a short command.
 */
export function widthOf(text: string): number {
	const plain = text.includes("\u001b") ? stripVTControlCharacters(text) : text;
	if (NARROW.test(plain)) return plain.length;
	segmenter ??= new Intl.Segmenter();
	return [...segmenter.segment(plain)].reduce((sum, { segment }) => sum + widthOfCluster(segment), 0);
}

function widthOfCluster(cluster: string): number {
	const first = cluster.replace(INVISIBLE, "").codePointAt(0);
	if (first === undefined) return 0;
	return PICTURE.test(cluster) ? 2 : eastAsianWidth(first);
}
