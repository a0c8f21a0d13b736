import { join } from "node:path";

/** Where runs are kept, below the current folder. */
export const RUNS_FOLDER = join("profiles", "runs");
