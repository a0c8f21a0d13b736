import { join } from "node:path";
import { agreementOf } from "#src/analyse/call-tree/agreement.js";
import { collectorFailed, collectorUnavailable, profilerHeavy } from "#src/analyse/findings/measurement.js";
import { sourceMapsUnusable } from "#src/analyse/findings/source-map.js";
import type { CollectContext, Collected, Collector } from "#src/collect/collector.js";
import { SourceMaps } from "#src/collect/source-maps.js";
import { messageOf } from "#src/errors.js";
import type { Finding } from "#src/model/finding.js";
import type { Measurement } from "#src/model/measurement.js";
import { fileNameOf } from "#src/store/file-name.js";
import type { EndpointRequest } from "#src/target/endpoint.js";
import type { TargetSpec } from "#src/target/target.js";
import type { Run } from "./run.js";

/** What is to be profiled. */
export interface Subject {
	readonly endpoint: EndpointRequest;
	readonly spec: TargetSpec;
	/** "base", "head"; null where there is one target only. */
	readonly variant: string | null;
	/** By whose CPU per request the profile is scaled. */
	readonly clean: Measurement;
}

/** Runs one collector on a subject and keeps what it brings. One that cannot deliver leaves a finding; the run stands. */
export async function profile(run: Run, collector: Collector, subject: Subject): Promise<void> {
	const { plan } = run;
	const missing = await collector.unavailable();
	if (missing !== null) {
		run.note(collectorUnavailable(collector.name, missing.why, missing.fix));
		return;
	}
	const whose = subject.variant === null ? "" : `${subject.variant}: `;
	plan.say(`${whose}load under ${collector.title}`);
	try {
		const folder = run.folder.subfolder(folderOf(collector.name, subject.variant));
		const sources = new SourceMaps(folder);
		const context = contextFor(run, collector, subject, { whose, folder, sources });
		await keep(run, collector.name, subject, await collector.collect(context), sources);
	} catch (error) {
		if (plan.signal.aborted) throw error;
		// The clean figures and the other profiles stand without this one.
		run.note(collectorFailed(`${whose}${collector.name}`, messageOf(error)));
	}
	run.save();
}

/** "v8", "base v8" */
const profileId = (collector: string, variant: string | null): string =>
	variant === null ? collector : `${variant} ${collector}`;

const folderOf = (collector: string, variant: string | null): string =>
	variant === null ? collector : join(fileNameOf(variant), collector);

function contextFor(
	run: Run,
	collector: Collector,
	{ endpoint, spec, variant }: Subject,
	{ whose, folder, sources }: { readonly whose: string; readonly folder: string; readonly sources: SourceMaps },
): CollectContext {
	const { plan } = run;
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
			run.measure(target, {
				...options,
				endpoint,
				collector: collector.name,
				...(variant === null ? {} : { variant }),
			}),
		written: (frames) => sources.retraceFrames(frames),
	};
}

async function keep(
	run: Run,
	name: string,
	{ variant, clean }: Subject,
	collected: Collected,
	sources: SourceMaps,
): Promise<void> {
	const id = profileId(name, variant);
	const folder = folderOf(name, variant);
	const retraced = collected.tree === null ? null : await sources.retrace(collected.tree);
	const tree = retraced?.tree ?? null;
	if (tree !== null) run.trees.set(id, tree);
	run.record.profiles.push({
		id,
		variant,
		collector: name,
		measures: collected.measures ?? "cpu",
		measurementId: collected.measurement.id,
		cleanMeasurementId: clean.id,
		ticks: collected.ticks,
		treeFile: tree === null ? null : run.folder.saveTree(join(folder, "call-tree.json"), tree),
		readings: collected.readings ?? null,
		files: collected.files.map((file) => ({ title: file.title, path: join(folder, file.path) })),
		notes: [...collected.notes, ...(retraced === null ? [] : noteOnSources(retraced))],
	});
	const findings = [
		...collected.findings,
		...sourceMapsUnusable(name, retraced?.unusable ?? []),
		...profilerHeavy(name, collected.measurement, clean),
	];
	run.note(...(variant === null ? findings : findings.map((finding) => ofVariant(finding, variant, id))));
}

function noteOnSources({ functions, scripts }: { readonly functions: number; readonly scripts: number }): string[] {
	if (functions === 0) return [];
	return [
		`${functions} ${functions === 1 ? "function is" : "functions are"} shown where ${functions === 1 ? "it was" : "they were"} written, by the source ${scripts === 1 ? "map" : "maps"} of ${scripts} ${scripts === 1 ? "script" : "scripts"}`,
	];
}

/** How far the profiles of the run's one target agree, each with every other one that counts the same. */
export function compareProfiles(run: Run): void {
	const { profiles, agreements } = run.record;
	for (const [index, { id, measures }] of profiles.entries()) {
		for (const other of profiles.slice(index + 1)) {
			const [tree, otherTree] = [run.trees.get(id), run.trees.get(other.id)];
			if (tree === undefined || otherTree === undefined || measures !== other.measures) continue;
			agreements.push({ collectors: [id, other.id], ...agreementOf(tree, otherTree) });
		}
	}
}

const ofVariant = (finding: Finding, variant: string, id: string): Finding => ({
	...finding,
	about: id,
	sentence: `${variant}: ${finding.sentence}`,
});
