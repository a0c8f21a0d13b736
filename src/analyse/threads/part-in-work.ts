/** Below this share of all CPU time something has no part in the work: a shell, a launcher, a pool that nothing is asked of. */
const LEAST_SHARE = 0.005;

/** Whether what used so much CPU time has a part in the work of all. */
export const hasPart = (cpuNs: number, allNs: number): boolean => cpuNs >= LEAST_SHARE * allNs;
