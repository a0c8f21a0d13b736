/** The quantiles that every window and every side is told by. */
export const REPORTED_QUANTILES = [0.5, 0.9, 0.95, 0.99, 0.999] as const;
