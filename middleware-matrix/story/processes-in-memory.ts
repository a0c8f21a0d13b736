const MOST_ALIVE = 32;
/** What a comparison needs at least; with less memory the system will have to swap. */
const FEWEST_ALIVE = 3;
/** Of what is available now. */
const MEMORY_SHARE = 0.7;
const UNKNOWN_SEMI_SPACE_MIB = 16;

/**
 * How many processes may live side by side, by the memory that is available.
 * @param residentBytes of one of them after its start
 * @param availableBytes of the machine now; either null: not known
 */
export function mostAlive(
	residentBytes: number | null,
	availableBytes: number | null,
	semiSpaceMiB: number | null,
): number {
	if (residentBytes === null || availableBytes === null) return MOST_ALIVE;
	// The young generation has up to three semi-spaces, and they fill under load.
	const eachBytes = residentBytes + 3 * (semiSpaceMiB ?? UNKNOWN_SEMI_SPACE_MIB) * 2 ** 20;
	return Math.max(FEWEST_ALIVE, Math.min(MOST_ALIVE, Math.floor((availableBytes * MEMORY_SHARE) / eachBytes)));
}
