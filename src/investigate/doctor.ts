import { z } from "zod";
import { type DoctorReading, doctorFindings } from "#src/analyse/findings/doctor.js";
import { besideClinic } from "#src/analyse/findings/doctor-agreement.js";
import { isHung } from "#src/analyse/findings/measurement.js";
import type { Collector } from "#src/collect/collector.js";
import { doctorSchema } from "#src/model/doctor.js";
import type { Measurement } from "#src/model/measurement.js";
import type { EndpointRequest } from "#src/target/endpoint.js";
import { profile } from "./profile.js";
import { endpointName, Run, type RunOutcome, type RunPlan } from "./run.js";
import { targetHung, targetWithoutAgent } from "./unusable-target.js";

export interface DoctorPlan extends RunPlan {
	readonly endpoint: EndpointRequest;
	readonly collectors: readonly Collector[];
}

const MOST_BLOCKS = 100;
const CALL_TIMEOUT_MS = 30_000;

/** What the agent says of the window. */
const vitalsSchema = z.object({
	windowNs: z.number().positive(),
	delay: doctorSchema.shape.delay,
	utilization: z.number().min(0),
	cpu: z.number().min(0),
	gc: z.object({ totalNs: z.number(), longestNs: z.number(), pauses: z.number() }),
	blocks: doctorSchema.shape.blocks,
	series: doctorSchema.shape.series,
});

/**
 * Is it CPU, event loop, garbage collection or I/O? One clean window in which the target is read from the inside; then the
 * same load under clinic doctor, whose verdict stands beside ours.
 */
export const investigateDoctor = (plan: DoctorPlan): Promise<RunOutcome> =>
	Run.tell(plan, async (run) => {
		const { endpoint } = plan;
		const { clean, vitals } = await run.withTarget(endpoint, { label: "clean" }, async (target) => {
			const { agent } = target;
			if (agent === null)
				throw targetWithoutAgent("the target cannot be read from the inside", "event loop can be looked at");
			plan.say(`clean load on ${endpointName(endpoint)}`);
			let seen: z.infer<typeof vitalsSchema> | null = null;
			const measured = await run.measure(target, {
				endpoint,
				collector: null,
				watchAllocation: true,
				onWindowOpens: async () => {
					await agent.call("vitals.begin");
				},
				onWindowClosed: async () => {
					seen = vitalsSchema.parse(await agent.call("vitals.end", {}, CALL_TIMEOUT_MS));
				},
			});
			if (isHung(measured) || seen === null) throw targetHung(endpoint, "without answers there is nothing to judge");
			return { clean: measured, vitals: seen as z.infer<typeof vitalsSchema> };
		});
		const reading = readingOf(clean, vitals);
		const findings = doctorFindings(reading, clean);
		const verdicts = findings.map(({ code }) => code);
		run.record.doctor = { ...reading, verdicts, others: [] };
		run.note(...findings);
		run.save();
		for (const collector of plan.collectors) {
			await profile(run, collector, { endpoint, spec: plan.target, variant: null, clean });
		}
		const others = run.record.profiles.flatMap(({ collector, readings }) =>
			readings === null || readings.verdict === null ? [] : [besideClinic(readings.verdict, verdicts, collector)],
		);
		run.record.doctor = { ...reading, verdicts, others };
	});

function readingOf(clean: Measurement, vitals: z.infer<typeof vitalsSchema>): DoctorReading {
	const { windowNs, gc, blocks } = vitals;
	const waitNs = clean.cpu?.runQueueWaitNs ?? null;
	return {
		...vitals,
		measurementId: clean.id,
		gc: { ...gc, share: gc.totalNs / windowNs },
		runQueueWait: waitNs === null ? null : waitNs / clean.windowNs,
		blocks: [...blocks].sort((a, b) => b.durationNs - a.durationNs).slice(0, MOST_BLOCKS),
		blockCount: blocks.length,
	};
}
