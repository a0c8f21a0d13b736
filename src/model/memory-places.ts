/** Where what stays in memory lies, without the schema: the report's page uses it as well. */

/** What keeps the bytes: V8's heap, or memory outside of it that its objects hold. */
export const memoryPlaces = ["heap", "outside"] as const;
export type MemoryPlace = (typeof memoryPlaces)[number];
