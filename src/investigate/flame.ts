import { join } from "node:path";
import { agreementOf } from "../analyse/agreement.js";
import { collectorFailed, collectorUnavailable, isHung, profilerHeavy } from "../analyse/findings.js";
import type { CollectContext, Collected, Collector } from "../collect/collector.js";
import { KnownError, messageOf } from "../errors.js";
import type { Measurement } from "../model/run-record.js";
import type { EndpointRequest } from "../target/endpoint.js";
import { endpointName, Run, type RunOutcome, type RunPlan } from "./run.js";

export interface FlamePlan extends RunPlan {
	readonly endpoint: EndpointRequest;
	readonly collectors: readonly Collector[];
}

/**
 * Where does the CPU time of an endpoint go? First a clean load, for the percentiles; then the same load once more under
 * each collector, every one in a process of its own; at last how far the profiles agree.
 */
export const investigateFlame = (plan: FlamePlan): Promise<RunOutcome> =>
	Run.tell(plan, async (run) => {
		const clean = await run.withTarget(plan.endpoint, { label: "clean" }, (target) => {
			plan.say(`clean load on ${endpointName(plan.endpoint)}`);
			return run.measure(target, { endpoint: plan.endpoint, collector: null });
		});
		if (isHung(clean)) throw hung(plan);
		for (const collector of plan.collectors) await profile(run, plan, collector, clean);
		compareProfiles(run);
	});

async function profile(run: Run, plan: FlamePlan, collector: Collector, clean: Measurement): Promise<void> {
	const missing = await collector.unavailable();
	if (missing !== null) {
		run.note(collectorUnavailable(collector.name, missing.why, missing.fix));
		return;
	}
	plan.say(`load under ${collector.title}`);
	try {
		const collected = await collector.collect(contextFor(run, plan, collector));
		keep(run, collector.name, collected, clean);
	} catch (error) {
		if (plan.signal.aborted) throw error;
		// The clean figures and the other profiles stand without this one.
		run.note(collectorFailed(collector.name, messageOf(error)));
	}
	run.save();
}

function contextFor(run: Run, plan: FlamePlan, collector: Collector): CollectContext {
	return {
		folder: run.folder.subfolder(collector.name),
		durationMs: plan.load.durationMs,
		signal: plan.signal,
		targetCwd: plan.target.kind === "command" ? plan.target.cwd : process.cwd(),
		say: (phase) => plan.say(`${collector.title}: ${phase}`),
		withTarget: (options, use) => run.withTarget(plan.endpoint, options, use),
		measure: (target, options) =>
			run.measure(target, { ...options, endpoint: plan.endpoint, collector: collector.name }),
	};
}

function keep(run: Run, name: string, collected: Collected, clean: Measurement): void {
	run.trees.set(name, collected.tree);
	run.record.profiles.push({
		id: name,
		variant: null,
		collector: name,
		measurementId: collected.measurement.id,
		cleanMeasurementId: clean.id,
		ticks: collected.ticks,
		treeFile: run.folder.saveTree(join(name, "call-tree.json"), collected.tree),
		files: collected.files.map((file) => ({ title: file.title, path: join(name, file.path) })),
		notes: [...collected.notes],
	});
	run.note(...collected.findings, ...profilerHeavy(name, collected.measurement, clean));
}

function compareProfiles(run: Run): void {
	const profiles = [...run.trees];
	for (const [index, [name, tree]] of profiles.entries()) {
		for (const [otherName, otherTree] of profiles.slice(index + 1)) {
			run.record.agreements.push({ collectors: [name, otherName], ...agreementOf(tree, otherTree) });
		}
	}
}

const hung = (plan: FlamePlan): KnownError =>
	new KnownError({
		code: "TARGET_SILENT",
		what: `the target stopped answering ${endpointName(plan.endpoint)} during the clean load`,
		fix: "see the target's log; nothing was profiled",
	});
