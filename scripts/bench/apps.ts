/** The servers that changes are measured on. They run as an application does, by Node alone, so they are JavaScript. */
import { join } from "node:path";
import { entryPoint, projectRoot } from "#src/process/entry-point.js";

export interface App {
	readonly path: string;
	/** The script and its arguments; node comes before. */
	readonly script: readonly string[];
}

const appFile = (name: string): string => join(projectRoot, "scripts", "verdict-bench", name);
const ANY_PORT = ["--host", "127.0.0.1", "--port", "0"];
export const gatewayScript = [
	entryPoint("gateway/main"),
	...ANY_PORT,
	"--rate-limit-max",
	"0",
	"--log",
	"none",
	"--no-auth",
];

export const apps = {
	simple: { path: "/", script: [appFile("simple.cjs")] },
	plugins: { path: "/", script: [appFile("ten-plugins.cjs")] },
	gateway: { path: "/health", script: gatewayScript },
} as const satisfies Record<string, App>;
export type AppName = keyof typeof apps;
export const appNames = Object.keys(apps) as AppName[];
