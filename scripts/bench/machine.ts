import { cpus, loadavg, release } from "node:os";

/** Figures of one machine are not those of another: what was measured is kept under this name. */
export const machine = `${cpus()[0]?.model.trim()}, ${cpus().length} cores, Linux ${release()}, Node ${process.version}`;

export const machineToday = (): string => `${new Date().toISOString().slice(0, 10)}, ${machine}`;

/** Of the last minute. */
export const loadAverage = (): string => (loadavg()[0] ?? Number.NaN).toFixed(2);
