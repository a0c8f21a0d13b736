import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { functionTicks, totalTicks } from "#src/analyse/call-tree/call-tree.js";
import { type CountedObjects, countObjects } from "#src/collect/counted-objects.js";
import { realWorld } from "#src/commands/real-world.js";
import { type RunPlan, tellRun } from "#src/investigate/run.js";
import { callTreeSchema } from "#src/model/call-tree.js";
import type { AllocRun } from "#src/model/run.js";
import { recordOf } from "./support/record-of.js";
import { fixture, runCli, temporaryFolder } from "./support/run-cli.js";

const out = temporaryFolder();
const server = fixture("allocating.cjs");
const named = { oneThousandBytes: 1_000, tenThousandBytes: 10_000, hundredThousandBytes: 100_000 } as const;

it("bytes per request are those that the server is known to allocate", { timeout: 60_000 }, async () => {
	const measured = new Map<
		string,
		{ readonly bytes: number; readonly own: number; readonly bare: number; readonly requests: number }
	>();
	const plan: RunPlan = {
		commandLine: [],
		target: { kind: "command", argv: ["node", server], env: {}, cwd: out, port: null },
		load: { kind: "closed", clients: 8, durationMs: 800, warmupMs: 800, warmupMaxMs: 1_600, timeoutMs: 10_000 },
		expectedStatus: null,
		startTimeoutMs: 20_000,
		out,
		secrets: [],
		keepsLog: true,
		signal: new AbortController().signal,
		say: () => {},
		warn: () => {},
	};
	const nothing = { measurements: [], profiles: [], agreements: [], allocation: null, findings: [] };
	const outcome = await tellRun(plan, realWorld, "alloc", nothing, async (run, { append }) => {
		const endpointOf = (path: string) => ({ method: "GET", path, headers: {}, body: null });
		await run.withTarget(endpointOf("/none"), { label: "clean" }, async (target) => {
			await run.measure(target, { endpoint: endpointOf("/mixed"), collector: null }, append);
			const count = (path: string) =>
				countObjects(target, out, (hooks) =>
					run.measure(target, { ...hooks, endpoint: endpointOf(path), collector: null }, append),
				);
			// The sampler has V8 optimise anew, so the first count of a process is of colder code than the others. What the
			// rest of a request allocates goes on changing: it is counted before and after each of the others.
			await count("/none");
			let before = perRequest(await count("/none"), null).bytes;
			for (const [name, expected] of Object.entries(named)) {
				const counted = await count(`/${expected}`);
				const { bytes, own } = perRequest(counted, name);
				const after = perRequest(await count("/none"), null).bytes;
				measured.set(name, { bytes, own, bare: (before + after) / 2, requests: counted.requests });
				before = after;
			}
		});
	});
	expect(outcome.failure).toBeNull();
	for (const [name, expected] of Object.entries(named)) {
		const { own, bytes, bare, requests } = measured.get(name) ?? expect.fail(`${name} was not counted`);
		// Of the requests at either end of the count, one for each client may be in one of the two figures alone.
		const share = 0.03 + 8 / requests;
		expect(Math.abs(own / expected - 1), `${expected} bytes of the function measured as ${own}`).toBeLessThan(share);
		const tolerance = share * expected + 0.1 * bare;
		expect(Math.abs(bytes - bare - expected), `${expected} bytes measured as ${bytes} − ${bare}`).toBeLessThan(
			tolerance,
		);
	}
});

function perRequest(counted: CountedObjects, name: string | null): { readonly bytes: number; readonly own: number } {
	const own = counted.functions.find(({ frame }) => frame.name === name)?.bytes ?? 0;
	return { bytes: counted.bytes / counted.requests, own: own / counted.requests };
}

async function alloc(path: string): Promise<AllocRun> {
	const options = ["-d", "1500ms", "--warmup", "500ms", "-c", "8", "--out", out, "--json"];
	const { code, stdout, stderr } = await runCli(["alloc", path, ...options, "--", "node", server]);
	expect(stderr).toBe("");
	expect(code).toBe(0);
	return recordOf(stdout, "alloc");
}

describe("az-prof alloc", () => {
	it("charges each function with its own bytes, counts its objects, and calls no garbage a leak", {
		timeout: 60_000,
	}, async () => {
		const record = await alloc("/mixed");
		const [profile] = record.profiles;
		const folder = join(out, record.id);
		const tree = callTreeSchema.parse(JSON.parse(readFileSync(join(folder, profile?.treeFile ?? ""), "utf8")));
		const functions = functionTicks(tree);
		expect(functions[0]?.frame).toMatchObject({ name: "hundredThousandBytes", file: server, kind: "app" });
		const perRequest = record.allocation?.objects?.bytesPerRequest ?? 0;
		const bytesOf = (name: string): number =>
			((functions.find(({ frame }) => frame.name === name)?.selfTicks ?? 0) / totalTicks(tree)) * perRequest;
		// Shares are of samples: some thousand of the largest function, a hundred of the second.
		expect(Math.abs(bytesOf("hundredThousandBytes") / 100_000 - 1)).toBeLessThan(0.1);
		expect(Math.abs(bytesOf("tenThousandBytes") / 10_000 - 1)).toBeLessThan(0.4);
		for (const [name, bytes] of Object.entries(named)) {
			const counted = record.allocation?.objects?.functions.find((each) => each.name === name);
			expect(Math.abs((counted?.bytesPerRequest ?? 0) / bytes - 1), name).toBeLessThan(0.03);
			expect(Math.abs((counted?.objectsPerRequest ?? 0) / 2 - 1), name).toBeLessThan(0.03);
		}
		expect(profile?.files.map(({ path }) => path)).toContain("heap/heap.heapprofile");
		expect(record.allocation?.retained?.heap.verdict).not.toBe("leaks");
		expect(record.allocation?.retained?.outside.verdict).toBe("steady");
		expect(record.findings.map(({ code }) => code)).not.toContain("LEAK");
	});

	it("a leak is one, and of its size", async () => {
		const record = await alloc("/leak");
		const retained = record.allocation?.retained?.heap;
		expect(retained?.verdict).toBe("leaks");
		// The growing list of them costs some bytes more each.
		expect(retained?.bytesPerRequest).toBeGreaterThan(970);
		expect(retained?.bytesPerRequest).toBeLessThan(1_100);
		expect(record.findings.map(({ code }) => code)).toContain("LEAK");
		// An array and its elements of each request; the growing list of them is charged with its growth alone.
		const [keeper] = record.allocation?.retained?.keepers ?? [];
		expect(keeper).toMatchObject({ path: "leaked", holds: "Array", seenBy: { file: server } });
		expect(keeper?.bytesPerRequest).toBeGreaterThan(970);
		expect(keeper?.bytesPerRequest).toBeLessThan(1_100);
		expect(Math.abs((keeper?.objectsPerRequest ?? 0) / 2 - 1)).toBeLessThan(0.05);
	}, 60_000);

	it("refuses a profiler that sees no allocations", async () => {
		const { code, stderr } = await runCli(["alloc", "/", "--with", "0x", "--", "node", server]);
		expect(code).toBe(2);
		expect(stderr).toMatch(/^az-prof: "0x" does not see allocations; --with takes heap/);
	});

	it("says what it needs of a server that is not Node", async () => {
		const { code, stderr } = await runCli(["alloc", "/", "--url", "http://127.0.0.1:9"]);
		expect(code).toBe(2);
		expect(stderr).toMatch(/^az-prof: alloc cannot look into a server that it did not start/);
	});
});
