/** What the first answer of a run is measured in. Three seconds are the fewest that give CPU per request an interval. */
export const FIRST_CLEAN_MS = 3_000;
export const FIRST_SAMPLED_MS = 2_000;
/** Whose collector it is by. */
export const FIRST_COLLECTOR = "v8";
