import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { functionTicks } from "#src/analyse/call-tree/call-tree.js";
import { parseCpuProfile, plainCallTree } from "#src/analyse/import/v8/cpu-profile.js";
import type { CollectedTree } from "#src/collect/collector.js";
import { v8Cpu } from "#src/collect/v8-cpu.js";
import type { CallTree } from "#src/model/call-tree.js";
import { projectRoot } from "#src/process/entry-point.js";
import type { RunningTarget } from "#src/target/target.js";
import { type Scenario, withCollection } from "./collecting.js";

/** Two targets are started, warmed and loaded one after the other, longer on a machine that has other things to do. */
export const TIMEOUT_MS = 90_000;
export interface Profiled {
	readonly collected: CollectedTree;
	/** As V8 tells it, before anything was put back. */
	readonly plain: CallTree;
}

export interface V8Scenario extends Omit<Scenario, "argv"> {
	readonly script: string;
}

export function profile({ script, ...scenario }: V8Scenario): Promise<Profiled> {
	const argv = [process.execPath, join(projectRoot, script)];
	return withCollection(v8Cpu, { argv, windowMs: 1_500, warmupMs: 1_000, ...scenario }, ({ collected, folder }) => {
		for (const { path } of collected.files) expect(existsSync(join(folder, path))).toBe(true);
		const plain = plainCallTree(parseCpuProfile(JSON.parse(readFileSync(join(folder, "cpu.cpuprofile"), "utf8"))));
		return { collected, plain };
	});
}

export const selfOf = (tree: CallTree, name: string): number =>
	functionTicks(tree).find(({ frame }) => frame.name === name)?.selfTicks ?? 0;

/** Shares of `names` among themselves. */
export function shares(tree: CallTree, names: readonly string[]): number[] {
	const ticks = names.map((name) => selfOf(tree, name));
	const all = ticks.reduce((sum, each) => sum + each, 0);
	return ticks.map((each) => each / all);
}

export const farthest = (found: readonly number[], truth: readonly number[]): number =>
	Math.max(...found.map((share, index) => Math.abs(share - (truth[index] ?? 0))));

/** Asks the fixture, by a signal, how long each of its loops has taken since the last time; it answers in its log. */
export class AppClock {
	readonly #readings: Record<string, number>[] = [];

	async read(target: RunningTarget): Promise<void> {
		const before = answersIn(target).length;
		process.kill(target.pid ?? Number.NaN, "SIGUSR2");
		for (let tries = 0; tries < 200 && answersIn(target).length === before; tries++) await sleep(10);
		const answer = answersIn(target).at(-1);
		if (answer === undefined) throw new Error("the fixture did not say how long its loops took");
		this.#readings.push(JSON.parse(answer.slice("spent ".length)));
	}

	shares(names: readonly string[]): number[] {
		const last = this.#readings.at(-1);
		const spent = names.map((name) => last?.[name] ?? Number.NaN);
		const all = spent.reduce((sum, each) => sum + each, 0);
		return spent.map((each) => each / all);
	}
}

const answersIn = (target: RunningTarget): string[] => target.logTail(50).filter((line) => line.startsWith("spent "));
