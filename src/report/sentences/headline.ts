import { pausedNs } from "#src/analyse/allocation/pauses.js";
import { functionTicks, totalTicks } from "#src/analyse/call-tree/call-tree.js";
import { percentileOf } from "#src/analyse/latency/judged-latency.js";
import type { CallTree } from "#src/model/call-tree.js";
import type { Comparison } from "#src/model/comparison.js";
import type { Measurement } from "#src/model/measurement.js";
import type { ProfileRecord } from "#src/model/profile.js";
import type { RunRecord } from "#src/model/run.js";
import { allocatedPerRequest, cleanAllocation } from "#src/report/figures/allocation.js";
import { doctorAnswer, doctorMeasurement, verdictFindings } from "#src/report/figures/doctor.js";
import { briefSourceLabel, ownerLabel } from "#src/report/labels/frame.js";
import { loadLabel } from "#src/report/labels/load.js";
import { type CostUnit, costUnitOf } from "#src/report/numbers/cost-unit.js";
import {
	formatBytes,
	formatCount,
	formatNs,
	formatQuantile,
	formatRate,
	formatSignificant,
	formatWholePercent,
} from "#src/report/numbers/format.js";
import { briefName, calibrationSentence, comparisonSentence } from "./comparison.js";
import { limitSentence, sweepSentence } from "./load.js";
import { matrixSentence, nothingSwitchedSentence } from "./matrix.js";

/**
 * The sentence that answers the question the run was made for. Shares are of busy ticks; times are those shares of the
 * clean measurement's CPU per request. Where nothing could be measured it says so, and why if that is known.
 */
export function headline(run: RunRecord, trees: ReadonlyMap<string, CallTree>): string {
	const clean = run.measurements.filter((each) => each.collector === null);
	switch (run.command) {
		case "flame":
			return flameHeadline(run, clean, trees);
		case "alloc":
			return allocHeadline(run, trees);
		case "doctor":
			return doctorHeadline(run);
		case "load":
			return loadHeadline(run, clean);
		case "compare":
			return comparedHeadline(run, clean, comparisonSentence);
		case "calibrate":
			return comparedHeadline(run, clean, calibrationSentence);
		case "matrix":
			return matrixHeadline(run, clean);
	}
}

function comparedHeadline(
	run: RunRecord,
	[first]: readonly Measurement[],
	sentence: (comparison: Comparison, endpoint: string) => string,
): string {
	if (run.comparison === null || run.comparison.sets.length === 0) return nothingMeasured(run);
	return `${sentence(run.comparison, endpointOf(first))}${cutClause(run)}`;
}

function matrixHeadline(run: RunRecord, [first]: readonly Measurement[]): string {
	const { matrix } = run;
	if (matrix === null) return nothingMeasured(run);
	const nothingToSwitch = matrix.factors.length === 0 && run.status === "complete";
	if (nothingToSwitch) return nothingSwitchedSentence(matrix, endpointOf(first));
	if (matrix.effects.length === 0) return nothingMeasured(run);
	return `${matrixSentence(matrix, endpointOf(first))}${cutClause(run)}`;
}

const endpointOf = (measurement: Measurement | undefined): string =>
	measurement === undefined ? "the endpoint" : endpointLabel(measurement.endpoint);

const cutClause = ({ status, partialReason }: RunRecord): string =>
	status === "partial" && partialReason !== null ? ` Ended early: ${partialReason.replace(/\.$/, "")}.` : "";

/** "GET /metrics" */
export const endpointLabel = (endpoint: { readonly method: string; readonly path: string }): string =>
	`${endpoint.method} ${endpoint.path}`;

/** Attempts that did not end in an expected answer. */
export function failedRequests(counts: Measurement["counts"]): number {
	const unexpected = Object.values(counts.unexpectedStatus).reduce((sum, each) => sum + each, 0);
	return Object.values(counts.errors).reduce((sum, each) => sum + each, unexpected);
}

/** The clean measurement by whose CPU per request a profile is scaled. */
const cleanMeasurementOf = (run: RunRecord, profile: ProfileRecord): Measurement | undefined =>
	run.measurements.find((each) => each.id === profile.cleanMeasurementId);

const hasAnswers = (measurement: Measurement): boolean => measurement.counts.ok > 0;

function flameHeadline(run: RunRecord, clean: readonly Measurement[], trees: ReadonlyMap<string, CallTree>): string {
	const profiles = run.profiles.filter((each) => each.measures === "cpu" && hasTicks(trees, each));
	const profile = profiles.find(({ collector }) => collector === "v8") ?? profiles[0];
	const tree = profile === undefined ? undefined : trees.get(profile.id);
	if (profile === undefined || tree === undefined) {
		const measured = clean.find(hasAnswers);
		if (measured === undefined) return nothingMeasured(run);
		return `${measurementClause(measured, false)}. No profiler delivered a call tree of CPU time, so where the CPU time goes is not known.`;
	}
	const measured = cleanMeasurementOf(run, profile);
	const profiled = run.measurements.find((each) => each.id === profile.measurementId);
	const endpoint = (measured ?? profiled)?.endpoint;
	const where = endpoint === undefined ? "The target" : endpointLabel(endpoint);
	const cpuNs = measured?.cpu?.nsPerRequest ?? null;
	const opening =
		cpuNs === null
			? `${where}: CPU per request is not known; of the ${profile.collector} profiler's busy ticks, `
			: `${where} costs ${formatNs(cpuNs)} of CPU a request: `;
	return `${opening}${ownersClause(tree)}. ${hottestClause("Hottest function", tree, run.target.cwd, { perRequest: cpuNs, unit: costUnitOf("cpu") })}`;
}

function allocHeadline(run: RunRecord, trees: ReadonlyMap<string, CallTree>): string {
	const clean = cleanAllocation(run);
	if (clean?.allocation == null) return nothingMeasured(run);
	const bytesPerRequest = allocatedPerRequest(run) ?? clean.allocation.bytesPerRequest;
	const objects = run.allocation?.objects?.perRequest;
	const count = objects === undefined ? "" : ` in ${formatSignificant(objects)} objects`;
	const opening = `${endpointLabel(clean.endpoint)} allocates ${formatBytes(bytesPerRequest)}${count} a request`;
	const retained = run.allocation?.retained ?? null;
	const leak =
		retained?.verdict === "leaks" ? ` It leaks: ${formatBytes(retained.bytesPerRequest)} of each request stay.` : "";
	const gc = ` GC pauses take ${formatNs(pausedNs(clean.allocation) / Math.max(1, clean.counts.attempted))} a request.`;
	const profile = run.profiles.find((each) => each.measures === "allocation" && hasTicks(trees, each));
	const tree = profile === undefined ? undefined : trees.get(profile.id);
	if (tree === undefined) return `${opening}.${leak}${gc}${cutClause(run)}`;
	const cost = { perRequest: bytesPerRequest, unit: costUnitOf("allocation") };
	return `${opening}: ${ownersClause(tree)}.${leak} ${hottestClause("Most", tree, run.target.cwd, cost)}${gc}${cutClause(run)}`;
}

/** Is it CPU, event loop, garbage collection or I/O? The strongest verdict, what else holds, and who says otherwise. */
function doctorHeadline(run: RunRecord): string {
	const { doctor } = run;
	const clean = doctorMeasurement(run);
	if (doctor === null || clean === undefined) return nothingMeasured(run);
	const [first, ...rest] = verdictFindings(run, doctor);
	if (first === undefined) return nothingMeasured(run);
	const also = rest.length === 0 ? "" : ` Also: ${rest.map(({ code }) => doctorAnswer(code)).join(", ")}.`;
	const others = doctor.others.map(({ agrees, category }) =>
		agrees ? ` clinic doctor agrees (${category}).` : ` clinic doctor says ${category}.`,
	);
	return `${endpointLabel(clean.endpoint)}: ${doctorAnswer(first.code)}. ${first.sentence}${also}${others.join("")}${cutClause(run)}`;
}

function hasTicks(trees: ReadonlyMap<string, CallTree>, profile: ProfileRecord): boolean {
	const tree = trees.get(profile.id);
	return tree !== undefined && totalTicks(tree) > 0;
}

/** The three owners with the largest share of self time. */
function ownersClause(tree: CallTree): string {
	const all = totalTicks(tree);
	const byOwner = new Map<string, number>();
	for (const { frame, selfTicks } of functionTicks(tree)) {
		byOwner.set(ownerLabel(frame), (byOwner.get(ownerLabel(frame)) ?? 0) + selfTicks);
	}
	return [...byOwner]
		.filter(([, ticks]) => ticks > 0)
		.sort((a, b) => b[1] - a[1])
		.slice(0, 3)
		.map(([owner, ticks], rank) => `${formatWholePercent(ticks / all)} ${rank === 0 ? "in " : ""}${owner}`)
		.join(", ");
}

/**
 * The function with the largest cost of its own, and that cost. A function is something that can be opened in an editor, so
 * the collector's own states do not compete.
 */
function hottestClause(title: string, tree: CallTree, cwd: string | null, cost: Cost): string {
	const hottest = functionTicks(tree).find(({ frame, selfTicks }) => frame.file !== null && selfTicks > 0);
	if (hottest === undefined) return "No function with a source was seen.";
	const share = hottest.selfTicks / totalTicks(tree);
	const percent = formatWholePercent(share);
	const amount = cost.perRequest === null ? percent : `${cost.unit.format(share * cost.perRequest)} (${percent})`;
	return `${title}: ${briefName(hottest.frame.name)} (${briefSourceLabel(hottest.frame, cwd)}), ${amount}.`;
}

/** What a request costs, null where it is not known. */
interface Cost {
	readonly perRequest: number | null;
	readonly unit: CostUnit;
}

function loadHeadline(run: RunRecord, clean: readonly Measurement[]): string {
	const limits = run.load?.limits ?? [];
	if (limits.length > 0) return limits.map(limitSentence).join(" ");
	const swept = sweepSentence(run.findings);
	if (swept !== null) return swept;
	const measured = clean.filter(hasAnswers);
	const [first] = measured;
	if (first === undefined) return nothingMeasured(run);
	const clients = new Set(measured.map((each) => loadLabel(each.load)));
	const silent = clean.length - measured.length;
	const rest =
		silent === 0 ? "" : ` ${formatCount(silent)} of ${formatCount(clean.length)} had no expected answer at all.`;
	if (measured.length <= 4) {
		return `${measured.map((each) => measurementClause(each, clients.size > 1)).join("; ")}.${rest}`;
	}
	const sorted = [...measured].sort((a, b) => a.requestsPerSecond - b.requestsPerSecond);
	const slowest = sorted[0] ?? first;
	const fastest = sorted.at(-1) ?? first;
	const ends = [slowest, fastest].map((each) => `${measuredName(each, clients.size > 1)} (${figuresClause(each)})`);
	return `${formatCount(measured.length)} measurements, from ${ends.join(" to ")}.${rest}`;
}

const measurementClause = (measurement: Measurement, withClients: boolean): string =>
	`${measuredName(measurement, withClients)}: ${figuresClause(measurement)}`;

const measuredName = (measurement: Measurement, withClients: boolean): string =>
	`${endpointLabel(measurement.endpoint)}${withClients ? ` with ${loadLabel(measurement.load)}` : ""}`;

function figuresClause(measurement: Measurement): string {
	const p99 = percentileOf(measurement, 0.99);
	const failed = failedRequests(measurement.counts);
	const missed = measurement.tallies.missed ?? 0;
	const parts = [`${formatRate(measurement.requestsPerSecond)} ${UNIT_OF_HARNESS[measurement.harness]}/s`];
	if (p99 !== undefined) parts.push(`${formatQuantile(p99.quantile)} ${formatNs(p99.valueNs)}`);
	if (failed > 0) parts.push(`${formatCount(failed)} of ${formatCount(measurement.counts.attempted)} requests failed`);
	if (missed > 0) parts.push(`${formatCount(missed)} were due and not sent`);
	return parts.join(", ");
}

/** What is counted by the second. */
const UNIT_OF_HARNESS = { http: "requests", sse: "streams", websocket: "messages", agent: "loops" } as const;

function nothingMeasured(run: RunRecord): string {
	const why = run.partialReason ?? run.findings.find((each) => each.severity === "problem")?.sentence ?? null;
	return why === null ? "Nothing could be measured." : `Nothing could be measured: ${why.replace(/\.$/, "")}.`;
}
