import { join } from "node:path";
import { agreementOf } from "#src/analyse/call-tree/agreement.js";
import { withoutOwnCode } from "#src/analyse/call-tree/own-code.js";
import { wholeTree } from "#src/analyse/call-tree/whole-tree.js";
import {
	collectorFailed,
	collectorUnavailable,
	oneProcessProfiled,
	profilerHeavy,
	threadsNotTold,
} from "#src/analyse/findings/profile.js";
import { sourceMapsUnusable } from "#src/analyse/findings/source-map.js";
import type { CollectContext, Collected, Collector } from "#src/collect/collector.js";
import type { SourceMaps } from "#src/collect/source-maps.js";
import { messageOf } from "#src/errors.js";
import type { CallTree, TickCounts } from "#src/model/call-tree.js";
import type { Measurement } from "#src/model/measurement.js";
import type { Agreement, ProfileRecord } from "#src/model/profile.js";
import { fileNameOf } from "#src/store/file-name.js";
import type { EndpointRequest } from "#src/target/endpoint.js";
import type { TargetSpec } from "#src/target/target.js";
import type { KeepEvidence } from "./found.js";
import type { OpenRun } from "./open-run.js";

/** What is to be profiled. */
export interface Subject {
	readonly endpoint: EndpointRequest;
	readonly spec: TargetSpec;
	/** "base", "head"; null where there is one target only. */
	readonly variant: string | null;
	/** By whose CPU per request the profile is scaled. */
	readonly clean: Measurement;
}

export interface Profiled {
	readonly record: ProfileRecord;
	/** With what other threads than the sampled one used beside it; null for a tool that leaves none. */
	readonly tree: CallTree | null;
	/** What the tool sampled alone. */
	readonly sampled: CallTree | null;
	readonly collected: Collected;
}

/**
 * Runs one collector on a subject and returns what it brings; null for one that cannot deliver, which leaves a finding, as the rest of a
 * run stands without it.
 */
export async function profile(
	run: OpenRun,
	collector: Collector,
	subject: Subject,
	keep: KeepEvidence,
): Promise<Profiled | null> {
	const { plan } = run;
	const { variant } = subject;
	const missing = await collector.unavailable();
	if (missing !== null) {
		keep({ findings: [collectorUnavailable(collector.name, missing.why, missing.fix)] });
		return null;
	}
	const whose = variant === null ? "" : `${variant}: `;
	plan.say(`${whose}load under ${collector.title}`);
	try {
		const folder = run.folder.subfolder(folderOf(collector.name, variant));
		const sources = run.world.sourceMaps(folder);
		const context = contextFor(run, collector, subject, { whose, folder, sources, keep });
		return await keepProfile(run, collector, subject, await collector.collect(context), sources, keep);
	} catch (error) {
		if (plan.signal.aborted) throw error;
		// The clean figures and the other profiles stand without this one.
		keep({ findings: [{ ...collectorFailed(collector.name, messageOf(error)), variant }] });
		return null;
	}
}

/** "v8", "base v8" */
const profileId = (collector: string, variant: string | null): string =>
	variant === null ? collector : `${variant} ${collector}`;

const folderOf = (collector: string, variant: string | null): string =>
	variant === null ? collector : join(fileNameOf(variant), collector);

type Sources = Pick<SourceMaps, "ask" | "retrace" | "retraceFrames">;

/** What a collector is handed. */
export function contextFor(
	run: OpenRun,
	collector: Pick<Collector, "name" | "title">,
	{ endpoint, spec, variant }: Omit<Subject, "clean">,
	its: { readonly whose: string; readonly folder: string; readonly sources: Sources; readonly keep: KeepEvidence },
): CollectContext {
	const { plan } = run;
	const { whose, folder, sources, keep } = its;
	return {
		folder,
		durationMs: plan.load.durationMs,
		signal: plan.signal,
		targetCwd: spec.kind === "command" ? spec.cwd : process.cwd(),
		say: (phase) => plan.say(`${whose}${collector.title}: ${phase}`),
		withTarget: (options, use) =>
			run.withTarget(
				endpoint,
				variant === null ? options : { ...options, label: fileNameOf(`${variant}-${options.label}`) },
				async (target) => {
					const result = await use(target);
					// All windows have closed: what this costs the target is measured by nobody.
					await sources.ask(target);
					return result;
				},
				spec,
			),
		measure: (target, options) =>
			run.measure(
				target,
				{ ...options, endpoint, collector: collector.name, ...(variant === null ? {} : { variant }) },
				keep,
			),
		written: (frames) => sources.retraceFrames(frames),
	};
}

/** Puts what a collector brought into the record, scaled by the clean measurement. */
export async function keepProfile(
	run: OpenRun,
	collector: Pick<Collector, "name" | "seesEveryIsolate">,
	{ variant, clean }: Subject,
	collected: Collected,
	sources: Sources,
	keep: KeepEvidence,
): Promise<Profiled> {
	const { name } = collector;
	const id = profileId(name, variant);
	const folder = folderOf(name, variant);
	const targets = collected.tree === null ? null : withoutOwnCode(collected.tree);
	const retraced = targets === null ? null : await sources.retrace(targets.tree);
	const measures = collected.measures ?? "cpu";
	const parts = measures === "cpu" ? (clean.cpu?.parts ?? null) : null;
	const sampled = retraced?.tree ?? null;
	const tree =
		sampled === null || parts === null
			? sampled
			: wholeTree(sampled, parts, collected.sampled ?? ["main thread"], poolWorkOf(clean));
	const record: ProfileRecord = {
		id,
		variant,
		collector: name,
		measures,
		measurementId: collected.measurement.id,
		cleanMeasurementId: clean.id,
		ticks: collected.ticks === null ? null : withoutTicks(collected.ticks, targets?.removedTicks ?? 0),
		treeFile: tree === null ? null : run.keepTree(id, join(folder, "call-tree.json"), tree),
		...(collected.readings === undefined ? {} : { readings: collected.readings }),
		files: collected.files.map((file) => ({ title: file.title, path: join(folder, file.path) })),
		notes: [...collected.notes, ...(retraced === null || retraced.functions === 0 ? [] : [sourcesNote(retraced)])],
	};
	const findings = [
		...collected.findings,
		...sourceMapsUnusable(name, retraced?.unusable ?? []),
		...profilerHeavy(name, collected.measurement, clean),
		...(tree === null || collector.seesEveryIsolate ? [] : oneProcessProfiled(name, clean)),
		...(sampled !== null && measures === "cpu" && parts === null ? threadsNotTold(name, clean) : []),
	];
	keep({ profiles: [record], findings: findings.map((finding) => ({ ...finding, about: id, variant })) });
	return { record, tree, sampled, collected };
}

const poolWorkOf = (clean: Measurement) => (clean.kind === "window" ? (clean.poolWork ?? []) : []);

const withoutTicks = (ticks: TickCounts, own: number): TickCounts =>
	own === 0 ? ticks : { ...ticks, busy: Math.max(0, ticks.busy - own), profiler: own };

const sourcesNote = ({ functions, scripts }: { readonly functions: number; readonly scripts: number }) => ({
	kind: "source maps" as const,
	functions,
	scripts,
});

/** How far profiles of one target agree, each with every other one that counts the same. */
export function agreementsOf(profiled: readonly Profiled[]): Agreement[] {
	return profiled.flatMap(({ record, sampled: tree }, index) =>
		profiled.slice(index + 1).flatMap((other) => {
			if (tree === null || other.sampled === null || record.measures !== other.record.measures) return [];
			return [{ collectors: [record.id, other.record.id] as const, ...agreementOf(tree, other.sampled) }];
		}),
	);
}
