import { basename } from "node:path";
import * as z from "zod";
import { type DoctorReading, doctorFindings, queueNsOf } from "#src/analyse/findings/doctor.js";
import { besideClinic } from "#src/analyse/findings/doctor-agreement.js";
import { isHung } from "#src/analyse/findings/measurement.js";
import { standstillOf, standstillsByCause } from "#src/analyse/findings/standstills.js";
import type { Collector } from "#src/collect/collector.js";
import { type AnsweringLoop, doctorSchema } from "#src/model/doctor.js";
import type { Window } from "#src/model/measurement.js";
import type { DoctorRun } from "#src/model/run.js";
import { answeringOf } from "#src/target/answering.js";
import { type EndpointRequest, endpointName } from "#src/target/endpoint.js";
import { EveryAgent } from "#src/target/every-agent.js";
import type { AgentConnection, RunningTarget, TargetAgents } from "#src/target/target.js";
import type { KeepEvidence } from "./found.js";
import type { OpenRun } from "./open-run.js";
import { profile } from "./profile.js";
import { type RunOutcome, type RunPlan, tellRun } from "./run.js";
import { targetHung, targetWithoutAgent } from "./unusable-target.js";
import type { World } from "./world.js";

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
	loop: doctorSchema.shape.loop,
	poolDelay: doctorSchema.shape.poolDelay,
	gc: z.object({ totalNs: z.number(), longestNs: z.number(), pauses: z.number() }),
	late: z.array(
		z.object({
			atMs: z.number(),
			durationNs: z.number().min(0),
			cpuNs: z.number().min(0),
			waitNs: z.number().min(0).nullable(),
			gcNs: z.number().min(0),
		}),
	),
	series: doctorSchema.shape.series,
});

const nothing = { measurements: [], profiles: [], doctor: null, findings: [] };

/**
 * Is it CPU, event loop, garbage collection or I/O? One clean window in which the target is read from the inside; then the
 * same load under clinic doctor, whose verdict stands beside ours.
 */
export const investigateDoctor = (plan: DoctorPlan, world: World): Promise<RunOutcome<DoctorRun>> =>
	tellRun(plan, world, "doctor", nothing, async (run, ledger) => {
		const { endpoint } = plan;
		const { clean, vitals, loops } = await run.withTarget(endpoint, { label: "clean" }, (target) =>
			measureVitals(run, endpoint, target, ledger.append),
		);
		const whole = readingOf(clean, vitals);
		const findings = doctorFindings(whole, clean);
		const { standstills: _, ...judged } = whole;
		const reading = { ...judged, ...(loops.length < 2 ? {} : { loops: [...loops] }) };
		const verdicts = findings.map(({ code }) => code);
		ledger.append({ findings });
		ledger.keep({ doctor: { ...reading, verdicts, others: [] } });
		for (const collector of plan.collectors) {
			await profile(run, collector, { endpoint, spec: plan.target, variant: null, clean }, ledger.append);
		}
		const others = ledger.now.profiles.flatMap(({ collector, readings }) =>
			readings?.verdict == null ? [] : [besideClinic(readings.verdict, verdicts, collector)],
		);
		ledger.keep({ doctor: { ...reading, verdicts, others } });
	});

type Vitals = z.infer<typeof vitalsSchema>;

async function measureVitals(
	run: OpenRun,
	endpoint: EndpointRequest,
	target: RunningTarget,
	keep: KeepEvidence,
): Promise<{ readonly clean: Window; readonly vitals: Vitals; readonly loops: readonly AnsweringLoop[] }> {
	const { agent } = target;
	if (agent === null)
		throw targetWithoutAgent("the target cannot be read from the inside", "event loop can be looked at");
	run.plan.say(`clean load on ${endpointName(endpoint)}`);
	const every = new EveryAgent(loopsOf(target, agent), {
		begin: "vitals.begin",
		end: "vitals.end",
		endTimeoutMs: CALL_TIMEOUT_MS,
	});
	const seen: SeenLoop[] = [];
	const options = {
		endpoint,
		collector: null,
		watchAllocation: true,
		onWindowOpens: () => every.begin(),
		onWindowClosed: async () => {
			for (const each of await every.end()) {
				if (each.kind === "told") seen.push({ agent: each.agent, vitals: vitalsSchema.parse(each.value) });
			}
		},
	};
	const clean = await run.measure(target, options, keep);
	const [busiest] = seen.toSorted((a, b) => b.vitals.utilization - a.vitals.utilization);
	if (isHung(clean) || busiest === undefined) throw targetHung(endpoint, "without answers there is nothing to judge");
	return { clean, vitals: busiest.vitals, loops: seen.map(loopOf) };
}

interface SeenLoop {
	readonly agent: AgentConnection;
	readonly vitals: Vitals;
}

/** Those of the isolates that answer, as far as they are there when the window opens. */
function loopsOf(target: RunningTarget, agent: AgentConnection): TargetAgents {
	return {
		now: () => {
			const answering = answeringOf(target);
			return answering.length === 0 ? [agent] : answering;
		},
		onJoin: () => () => {},
	};
}

function loopOf({ agent: { isolate }, vitals: { utilization, cpu, delay } }: SeenLoop): AnsweringLoop {
	const { kind, pid, script } = isolate;
	return { kind, pid, script: basename(script), utilization, cpu, delayP99Ns: delay.p99Ns, delayMaxNs: delay.maxNs };
}

function readingOf(clean: Window, vitals: Vitals): DoctorReading {
	const { late, ...read } = vitals;
	const { windowNs, gc } = read;
	const queueNs = queueNsOf(clean);
	const standstills = late.map((tick) => standstillOf(tick, queueNs));
	const waitNs = clean.cpu?.runQueueWaitNs ?? null;
	return {
		...read,
		measurementId: clean.id,
		gc: { ...gc, share: gc.totalNs / windowNs },
		runQueueWait: waitNs === null ? null : waitNs / clean.measuredNs,
		standstills,
		blocks: standstills.toSorted((a, b) => b.durationNs - a.durationNs).slice(0, MOST_BLOCKS),
		blockCount: standstills.length,
		blocksByCause: standstillsByCause(standstills),
	};
}
