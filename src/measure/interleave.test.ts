import { describe, expect, it } from "vitest";
import type { ProcessSet } from "#src/analyse/comparison/process-set.js";
import { errorOfRounds } from "#src/analyse/comparison/rounds-error.js";
import { roundContrasts } from "#src/analyse/comparison/set-changes.js";
import { EMPTY_HISTOGRAM } from "#src/analyse/latency/histogram.js";
import { seededRandom } from "#src/random.js";
import { type InterleaveEvent, type InterleavePlan, type LiveSet, measureSets } from "./interleave.js";

/** Variants whose cost is known, on a clock that only their work moves. */
class SimulatedWorld {
	nowMs = 0;
	alive = 0;
	started: number[][] = [];
	calls: string[] = [];
	costsNs: readonly number[];
	failAtSlice = Number.POSITIVE_INFINITY;
	/** The second variant costs a tenth less with every thousand answers, until so many. */
	coolingFor = 0;
	slices = 0;
	warmAtOnce = 1;
	isolates = 1;
	isOneProcess = false;
	/** Of what a slice costs, as a share of it. */
	noise = 0;
	readonly #random = seededRandom(7);
	underWay = 0;
	mostAtOnce = 0;
	/** Of a request, by variant. */
	bytes = [1_000, 1_000];

	constructor(costsNs: readonly number[]) {
		this.costsNs = costsNs;
	}

	readonly clock = { now: () => this.nowMs };

	readonly start = async (order: readonly number[]): Promise<LiveSet> => {
		this.started.push([...order]);
		this.alive++;
		const cpuNs = this.costsNs.map(() => 0);
		const served = this.costsNs.map(() => 0);
		let ended = false;
		let servedBefore: readonly number[] = served;
		const said = (call: string) => async () => void this.calls.push(call);
		const sawNothing = (call: string) => async () => {
			this.calls.push(call);
			return [null, null];
		};
		return {
			warmAtOnce: this.warmAtOnce,
			isolates: this.isolates,
			...(this.isOneProcess ? { isOneProcess: true as const } : {}),
			settle: async () => {
				this.calls.push("settle");
			},
			slice: async (variant, { durationMs, answers }) => {
				this.slices++;
				this.mostAtOnce = Math.max(this.mostAtOnce, ++this.underWay);
				for (let turn = 0; turn < 10; turn++) await Promise.resolve();
				this.underWay--;
				if (this.slices >= this.failAtSlice) throw new Error("variant is gone");
				const soFar = served[variant] as number;
				const left = variant === 1 ? Math.max(0, this.coolingFor - soFar) / 1_000 : 0;
				const noise = 1 + this.noise * (2 * this.#random() - 1);
				const cost = (this.costsNs[variant] as number) * 0.9 ** -Math.min(20, left) * noise;
				const requests = Math.min(answers ?? Number.POSITIVE_INFINITY, Math.ceil((durationMs * 1e6) / cost));
				served[variant] = soFar + requests;
				cpuNs[variant] = (cpuNs[variant] as number) + requests * cost;
				this.nowMs += (requests * cost) / 1e6;
				this.calls.push(answers === null ? `measure ${variant}` : `warm ${variant}`);
				return { requests, errors: 0, durationNs: requests * cost, latency: EMPTY_HISTOGRAM };
			},
			cpu: async (variant) => ({ cpuNs: cpuNs[variant] as number, runQueueWaitNs: 0 }),
			beginAllocation: async () => {
				servedBefore = [...served];
			},
			endAllocation: async () =>
				served.map((requests, variant) => ({
					allocatedBytes: (requests - (servedBefore[variant] ?? 0)) * (this.bytes[variant] ?? 0),
					...{ gcNs: 0, collections: 0 },
				})),
			sampling: {
				cpu: { begin: said("begin cpu"), end: sawNothing("end cpu") },
				bytes: {
					endInlining: said("end inlining"),
					begin: said("begin bytes"),
					end: sawNothing("end bytes"),
				},
			},
			end: async () => {
				if (!ended) this.alive--;
				ended = true;
			},
		};
	};
}

const plan: InterleavePlan = {
	variants: 2,
	setMs: 600,
	laterSets: null,
	withinMs: null,
	sliceMs: 15,
	warmupRequests: 1_000,
	warmupMaxMs: 3_000,
	clients: 4,
	light: "none",
	sampledShare: 0,
	bytes: null,
};

const measure = (world: SimulatedWorld, changes: Partial<InterleavePlan> = {}, seed = 1) =>
	measureSets(world.start, { ...plan, ...changes }, seededRandom(seed), world.clock);

async function take(events: AsyncGenerator<InterleaveEvent>, sets: number): Promise<ProcessSet[]> {
	const found: ProcessSet[] = [];
	for await (const event of events) {
		if (event.kind === "set" && found.push(event.set) === sets) break;
	}
	return found;
}

const cpuPerRequest = (set: ProcessSet, variant: number): number => {
	const slices = set.rounds.map((round) => round.slices[variant]);
	const cpu = slices.reduce((sum, slice) => sum + (slice?.cpuNs ?? Number.NaN), 0);
	return cpu / slices.reduce((sum, slice) => sum + (slice?.requests ?? 0), 0);
};

describe("interleaved sets", () => {
	it("charge every variant with exactly what it cost", async () => {
		const world = new SimulatedWorld([50_000, 60_000]);
		for (const set of await take(measure(world), 4)) {
			expect(cpuPerRequest(set, 0)).toBeCloseTo(50_000, 6);
			expect(cpuPerRequest(set, 1)).toBeCloseTo(60_000, 6);
			expect(set.allocation[0]?.requests).toBe(
				set.rounds.reduce((sum, { slices }) => sum + (slices[0]?.requests ?? 0), 0),
			);
		}
	});

	it("have light slices in every round, or in so many that loaded ones have twice the time", async () => {
		const lightByLoaded = async (light: InterleavePlan["light"]): Promise<number> => {
			// So slow that a light slice is many times as long as a loaded one.
			const world = new SimulatedWorld([2_000_000, 50_000]);
			const [set] = await take(measure(world, { light, setMs: 4_000 }), 1);
			const rounds = set?.rounds ?? [];
			const durationOf = (slices: readonly { readonly durationNs: number }[]): number =>
				slices.reduce((sum, { durationNs }) => sum + durationNs, 0);
			return durationOf(rounds.flatMap((each) => each.light ?? [])) / durationOf(rounds.flatMap((each) => each.slices));
		};
		expect(await lightByLoaded("none")).toBe(0);
		expect(await lightByLoaded("every round")).toBeGreaterThan(3);
		const third = await lightByLoaded("a third of the time");
		expect(third).toBeGreaterThan(0.3);
		expect(third).toBeLessThan(0.9);
	});

	it("warm every variant by the same number of requests, in turns, before the first round", async () => {
		const world = new SimulatedWorld([50_000, 60_000]);
		const [set] = await take(measure(world), 1);
		expect(set?.warmupRequests).toEqual([1_000, 1_000]);
		const firstRound = world.calls.findIndex((call) => call.startsWith("measure"));
		const before = world.calls.slice(0, firstRound);
		expect(before.pop()).toBe("settle");
		expect(before.every((call) => call.startsWith("warm"))).toBe(true);
		expect(world.calls.slice(firstRound).some((call) => call.startsWith("warm"))).toBe(false);
	});

	/** What is done behind the warm-up, each once however often it is done in a row. */
	const phasesOf = ({ calls }: SimulatedWorld): string[] =>
		calls
			.slice(calls.indexOf("settle"))
			.map((call) => call.replace(/ \d$/, ""))
			.filter((call, index, all) => call !== all[index - 1]);

	it("sample what functions cost behind their rounds, then what they allocate, where V8 inlines nothing", async () => {
		const world = new SimulatedWorld([50_000, 60_000]);
		world.bytes = [1_000, 1_006];
		const bytes = { ms: 200, fromDifference: 0.005 };
		const [set] = await take(measure(world, { sampledShare: 0.3, bytes }), 1);
		const sampling = [
			"begin cpu",
			"measure",
			"end cpu",
			"end inlining",
			"measure",
			"begin bytes",
			"measure",
			"end bytes",
		];
		expect(phasesOf(world)).toEqual(["settle", "measure", ...sampling]);
		expect(set).toMatchObject({ sampled: [null, null], sampledBytes: [null, null] });
		const measuredMs = (set?.rounds ?? [])
			.flatMap(({ slices }) => slices)
			.reduce((sum, each) => sum + each.durationNs, 0);
		expect(measuredMs / 1e6).toBeGreaterThan(550);
	});

	it("do not ask what functions allocate where a request allocates alike, or nobody knows", async () => {
		for (const bytesOfRequest of [
			[1_000, 1_004],
			[1_000, 0],
		]) {
			const world = new SimulatedWorld([50_000, 60_000]);
			world.bytes = bytesOfRequest;
			const [set] = await take(measure(world, { sampledShare: 0.3, bytes: { ms: 200, fromDifference: 0.005 } }), 1);
			expect(phasesOf(world).at(-1)).toBe("end cpu");
			expect(set).not.toHaveProperty("sampledBytes");
		}
	});

	it("warm as many times the requests where several isolates answer", async () => {
		const world = new SimulatedWorld([50_000, 60_000]);
		world.isolates = 4;
		const [set] = await take(measure(world), 1);
		expect(set?.warmupRequests).toEqual([4_000, 4_000]);
	});

	it.each([1, 2, 3])("warm by no more answers than were asked for: %i", async (warmupRequests) => {
		const [set] = await take(measure(new SimulatedWorld([50_000, 60_000]), { warmupRequests }), 1);
		expect(set?.warmupRequests).toEqual([warmupRequests, warmupRequests]);
	});

	it("warm as many variants at the same time as can be", async () => {
		for (const warmAtOnce of [1, 2]) {
			const world = new SimulatedWorld([50_000, 60_000, 70_000]);
			world.warmAtOnce = warmAtOnce;
			await take(measure(world, { variants: 3 }), 1);
			expect(world.mostAtOnce).toBe(warmAtOnce);
		}
	});

	it("go on warming while one of them still gets cheaper, as long for all, and name those that never stop", async () => {
		const settles = new SimulatedWorld([50_000, 60_000]);
		settles.coolingFor = 5_000;
		const [warm] = await take(measure(settles, { warmupRequests: 4_000 }), 1);
		expect(warm?.warmupRequests[0]).toBe(warm?.warmupRequests[1]);
		expect(warm?.warmupRequests[0]).toBeGreaterThan(4_000);
		expect(warm?.cold).toEqual([]);
		expect(cpuPerRequest(warm as ProcessSet, 1)).toBeCloseTo(60_000, 6);
		const never = new SimulatedWorld([50_000, 60_000]);
		never.coolingFor = 15_000;
		const [cold] = await take(measure(never, { warmupRequests: 4_000 }), 1);
		expect(cold?.warmupRequests).toEqual([8_000, 8_000]);
		expect(cold?.cold).toEqual([1]);
	});

	it("are warm or cold together where they are one process, whatever one of them seems to do", async () => {
		const world = new SimulatedWorld([50_000, 60_000]);
		world.coolingFor = 15_000;
		world.isOneProcess = true;
		const [one] = await take(measure(world, { warmupRequests: 4_000 }), 1);
		expect(one?.warmupRequests).toEqual([8_000, 8_000]);
		expect(one?.cold).toEqual([]);
		// Too few rounds to tell: then it is what the warm-up saw.
		const [unmeasured] = await take(measure(world, { warmupRequests: 4_000, setMs: 30 }), 1);
		expect(unmeasured?.cold).toEqual([0, 1]);
	});

	it("give every variant one slice a round, in orders that differ and are equally likely", async () => {
		const world = new SimulatedWorld([50_000, 60_000, 70_000]);
		const sets = await take(measure(world, { variants: 3 }, 5), 40);
		const orders = sets.flatMap(({ rounds }) => rounds.map(({ order }) => order.join()));
		const seen = new Map<string, number>();
		for (const order of orders) seen.set(order, (seen.get(order) ?? 0) + 1);
		expect(seen.size).toBe(6);
		for (const count of seen.values())
			expect(Math.abs(count - orders.length / 6)).toBeLessThan(5 * Math.sqrt(orders.length / 6));
		for (const { rounds } of sets) for (const { slices } of rounds) expect(slices.filter(Boolean)).toHaveLength(3);
	});

	it("never load a variant twice in a row; two take turns, and each begins about half of the sets", async () => {
		for (const variants of [2, 3]) {
			const world = new SimulatedWorld(Array.from({ length: variants }, () => 50_000));
			const sets = await take(measure(world, { variants }, 8), 40);
			for (const { rounds } of sets) {
				const slices = rounds.flatMap(({ order }) => order);
				expect(slices.filter((variant, index) => variant === slices[index - 1])).toEqual([]);
			}
			const begun = sets.filter(({ rounds }) => rounds[0]?.order[0] === 0).length;
			expect(Math.abs(begun - 40 / variants)).toBeLessThan(4 * Math.sqrt(40 / variants));
		}
	});

	it("start each variant first as often as any other", async () => {
		const world = new SimulatedWorld([50_000, 60_000]);
		await take(measure(world), 6);
		expect(world.started.filter(([first]) => first === 0)).toHaveLength(3);
	});

	it("start many variants in an order of its own for each set", async () => {
		const world = new SimulatedWorld(Array.from({ length: 8 }, () => 50_000));
		await take(measure(world, { variants: 8, warmupRequests: 100 }), 40);
		const firsts = world.started.map(([first]) => first);
		expect(new Set(firsts).size).toBe(8);
		// Who comes after variant 0: in a rotation it would be the same one nearly always.
		const followers = world.started.map((order) => order[order.indexOf(0) + 1]);
		for (const follower of new Set(followers)) {
			expect(followers.filter((each) => each === follower).length).toBeLessThan(20);
		}
	});

	it("are the same for the same seed", async () => {
		const run = async (seed: number) =>
			JSON.stringify(await take(measure(new SimulatedWorld([5e4, 6e4]), {}, seed), 3));
		expect(await run(4)).toBe(await run(4));
		expect(await run(4)).not.toBe(await run(5));
	});

	it("get longer slices where answers are slow, the same for all variants", async () => {
		const slow = new SimulatedWorld([50_000, 10_000_000]);
		const [set] = await take(measure(slow, { warmupRequests: 200, setMs: 2_000 }), 1);
		// 4 clients × 10 ms, three answers each: 120 ms.
		for (const { slices } of set?.rounds ?? []) {
			for (const slice of slices) expect(slice.durationNs / 1e6).toBeGreaterThanOrEqual(120);
		}
	});

	it("are shortened where the first shows that too few would fit, and never below half a second", async () => {
		const measured = (set: ProcessSet): number =>
			set.rounds.reduce((sum, { slices }) => sum + slices.reduce((all, slice) => all + slice.durationNs / 1e6, 0), 0);
		// A warm-up of 2 × 1,000 × 500 µs: a second beside the two of measuring.
		const costs = [500_000, 500_000];
		const timed = async (withinMs: number) =>
			(
				await take(
					measure(new SimulatedWorld(costs), {
						setMs: 2_000,
						laterSets: { withinMs, sets: 8, wanted: null, shortestMs: 500, longestMs: 1e6 },
					}),
					3,
				)
			).map(measured);
		const [first = 0, second = 0, third = 0] = await timed(16_000);
		expect(first).toBeGreaterThanOrEqual(2_000);
		// 16 s for eight: two seconds each, of which one is left.
		for (const length of [second, third]) {
			expect(length).toBeGreaterThanOrEqual(950);
			expect(length).toBeLessThan(1_200);
		}
		const [, shortest = 0] = await timed(2_000);
		expect(shortest).toBeGreaterThanOrEqual(500);
		expect(shortest).toBeLessThan(650);
		const [, unhurried = 0] = await timed(100_000);
		expect(unhurried).toBeGreaterThanOrEqual(2_000);
	});

	it("share out anew what is left of the time, as the first set is the slowest", async () => {
		const measured = ({ rounds }: ProcessSet): number =>
			rounds.reduce((sum, { slices }) => sum + slices.reduce((all, slice) => all + slice.durationNs / 1e6, 0), 0);
		const world = new SimulatedWorld([500_000, 500_000]);
		const start = world.start;
		const slowFirst: typeof start = async (order) => {
			world.nowMs += world.started.length === 0 ? 4_000 : 500;
			return start(order);
		};
		const laterSets = { withinMs: 40_000, sets: 8, wanted: null, shortestMs: 500, longestMs: 1e6 };
		const changes = { setMs: 4_000, laterSets, withinMs: 40_000 };
		const events = measureSets(slowFirst, { ...plan, ...changes }, seededRandom(1), world.clock);
		const sets = await take(events, 8);
		// The first takes 4 + 1 + 4 s. 31 are left for seven; of each 4.4 a start takes 0.5 and a warm-up 1, once that is known.
		expect(measured(sets[1] as ProcessSet)).toBeLessThan(700);
		for (const set of sets.slice(3)) expect(measured(set)).toBeGreaterThan(2_800);
		expect(world.nowMs).toBeLessThan(40_500);
		expect(world.nowMs).toBeGreaterThan(36_000);
	});

	it("are measured in proportion to what their starts and warm-up take, where that is wanted", async () => {
		const measured = ({ rounds }: ProcessSet): number =>
			rounds.reduce((sum, { slices }) => sum + slices.reduce((all, slice) => all + slice.durationNs / 1e6, 0), 0);
		const later = async (costNs: number) => {
			const world = new SimulatedWorld([costNs, costNs]);
			const wanted = { shareOfRest: 0.6, processSd: null };
			const laterSets = { withinMs: 1e6, sets: 8, wanted, shortestMs: 800, longestMs: 3_000 };
			return measured((await take(measure(world, { setMs: 1_000, laterSets }), 2))[1] as ProcessSet);
		};
		// Warm-ups of 2 × 1,000 × 100 µs, 1 ms and 5 ms: the shortest, 0.6 × 2 s, and the longest.
		for (const [costNs, wantedMs] of [
			[100_000, 800],
			[1_000_000, 1_200],
			[5_000_000, 3_000],
		] as const) {
			const ms = await later(costNs);
			expect(ms).toBeGreaterThanOrEqual(0.95 * wantedMs);
			expect(ms).toBeLessThan(1.25 * wantedMs);
		}
	});

	it("are measured as long as makes variance by time smallest: longer where rounds are noisy", async () => {
		const measured = ({ rounds }: ProcessSet): number =>
			rounds.reduce((sum, { slices }) => sum + slices.reduce((all, slice) => all + slice.durationNs / 1e6, 0), 0);
		const timesMs: number[] = [];
		for (const noise of [0, 0.1, 0.4]) {
			const world = new SimulatedWorld([500_000, 500_000]);
			world.noise = noise;
			const wanted = { shareOfRest: 0.6, processSd: 0.01 };
			const laterSets = { withinMs: 1e6, sets: 8, wanted, shortestMs: 500, longestMs: 8_000 };
			const [first, second] = await take(measure(world, { setMs: 1_000, laterSets }), 2);
			const error = errorOfRounds([{ rounds: roundContrasts(first as ProcessSet, 0, 1) }]) ?? Number.NaN;
			const restMs = (first?.endedAtMs ?? 0) - measured(first as ProcessSet);
			const best = (error / 0.01) * Math.sqrt(restMs * measured(first as ProcessSet));
			const ms = measured(second as ProcessSet);
			expect(ms).toBeGreaterThanOrEqual(0.95 * Math.max(500, 0.6 * restMs, best));
			expect(ms).toBeLessThan(1.1 * Math.max(500, 0.6 * restMs, best) + 100);
			timesMs.push(ms);
		}
		expect(timesMs[2]).toBeGreaterThan(1.5 * (timesMs[1] ?? Number.NaN));
	});

	it("warm later sets half as long once they cost what a warm one did, however noisy the parts of a warm-up are", async () => {
		const world = new SimulatedWorld([50_000, 50_000]);
		const events = measure(world, { warmupRequests: 4_000 });
		const sets: ProcessSet[] = [];
		for await (const event of events) {
			if (event.kind !== "set") continue;
			// A part may be a sixth dearer than the next, which is no more than noise.
			world.noise = 0.08;
			if (sets.push(event.set) === 12) break;
		}
		expect(sets.map(({ warmupRequests }) => warmupRequests[0])).toEqual([4_000, ...sets.slice(1).map(() => 2_000)]);
	});

	it("warm a later set as long as the first while it costs more than that one did when it was warm", async () => {
		const world = new SimulatedWorld([50_000, 50_000]);
		const events = measure(world, { warmupRequests: 4_000 });
		for await (const event of events) {
			if (event.kind !== "set") continue;
			world.costsNs = [50_000, 70_000];
			if (event.set.index === 0) continue;
			expect(event.set.warmupRequests).toEqual([4_000, 4_000]);
			break;
		}
	});

	it("works with 2 to 32 variants", async () => {
		for (const variants of [2, 5, 32]) {
			const world = new SimulatedWorld(Array.from({ length: variants }, (_, index) => 50_000 + index * 1_000));
			const [set] = await take(measure(world, { variants, warmupRequests: 100 }), 1);
			for (let variant = 0; variant < variants; variant++) {
				expect(cpuPerRequest(set as ProcessSet, variant)).toBeCloseTo(50_000 + variant * 1_000, 6);
			}
		}
	});

	it("leave nothing running when the reader has seen enough, in the middle of a set too", async () => {
		const world = new SimulatedWorld([50_000, 60_000]);
		for await (const { kind } of measure(world)) if (kind === "round") break;
		expect(world.alive).toBe(0);
		await take(measure(world), 2);
		expect(world.alive).toBe(0);
	});

	it("end their processes when one of them fails, and say why", async () => {
		const world = new SimulatedWorld([50_000, 60_000]);
		world.failAtSlice = 30;
		await expect(take(measure(world), 3)).rejects.toThrow("variant is gone");
		expect(world.alive).toBe(0);
	});
});
