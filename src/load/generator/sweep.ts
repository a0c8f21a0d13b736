/** How often deadlines are looked at: a twentieth of the time-out, 1 to 50 ms. */
export const sweepEveryMs = (timeoutMs: number): number => Math.min(50, Math.max(1, timeoutMs / 20));
