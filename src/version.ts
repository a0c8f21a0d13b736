import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "./process/entry-point.js";

interface PackageJson {
	readonly version: string;
}

export const toolVersion: string = (JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as PackageJson)
	.version;
