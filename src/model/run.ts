import * as z from "zod";
import { allocationSchema } from "./allocation.js";
import { calibrationSchema } from "./calibration.js";
import { clientCeilingSchema } from "./client-ceiling.js";
import { comparisonSchema } from "./comparison.js";
import { diagnosisSchema } from "./diagnosis.js";
import { doctorSchema } from "./doctor.js";
import { findingSchema } from "./finding.js";
import type { Immutable } from "./immutable.js";
import { machineSchema } from "./machine.js";
import { matrixSchema, stackSchema } from "./matrix.js";
import { measurementSchema, slicesSchema, windowSchema } from "./measurement.js";
import { agreementSchema, profileSchema } from "./profile.js";
import { rateLimitSchema } from "./rate-limit.js";
import { RUN_RECORD_FORMAT, RUN_RECORD_VERSION } from "./run-format.js";
import { targetSchema } from "./target.js";

/**
 * run.json: all that is needed to judge, repeat or redraw a run; a union by command. Every field that has a unit carries it in its
 * name. A field is absent where it was not asked for, and null where it could not be known (its docstring says what null means).
 * docs/run-record.md describes it for people; a change that readers would notice raises RUN_RECORD_VERSION.
 */

/** A run is partial from its first byte on and complete only at its end, so a killed one is never mistaken. */
const stateSchema = z.discriminatedUnion("kind", [
	z.object({ kind: z.literal("complete"), finishedAt: z.string() }),
	z.object({ kind: z.literal("partial"), reason: z.string() }),
]);
export type RunState = Immutable<z.infer<typeof stateSchema>>;

const anyRunSchema = z.object({
	format: z.literal(RUN_RECORD_FORMAT),
	version: z.literal(RUN_RECORD_VERSION),
	id: z.string(),
	commandLine: z.array(z.string()),
	startedAt: z.string(),
	state: stateSchema,
	tool: z.object({ version: z.string(), nodeVersion: z.string() }),
	machine: machineSchema,
	target: targetSchema,
	findings: z.array(findingSchema),
});

const windows = z.array(windowSchema);
const profiles = z.array(profileSchema);
const agreements = z.array(agreementSchema);

/** One clean window, then one under each collector. */
const flameRunSchema = anyRunSchema.extend({
	command: z.literal("flame"),
	measurements: windows,
	profiles,
	agreements,
});

const loadRunSchema = anyRunSchema.extend({
	command: z.literal("load"),
	measurements: windows,
	/** What the generator can do; null where it was not measured. */
	client: clientCeilingSchema.nullable(),
	/** Rates that hold an SLO; empty where none was asked for. */
	limits: z.array(rateLimitSchema),
});

const allocRunSchema = anyRunSchema.extend({
	command: z.literal("alloc"),
	measurements: windows,
	profiles,
	agreements,
	/** Null before the clean load is over. */
	allocation: allocationSchema.nullable(),
});

const doctorRunSchema = anyRunSchema.extend({
	command: z.literal("doctor"),
	measurements: windows,
	profiles,
	/** Null before the clean load is over. */
	doctor: doctorSchema.nullable(),
});

const compareRunSchema = anyRunSchema.extend({
	command: z.literal("compare"),
	/** The slices of base and head, then the windows under each collector. */
	measurements: z.array(measurementSchema),
	profiles,
	/** Null until both sides answered. */
	comparison: comparisonSchema.nullable(),
});

/** A comparison, and why its sides differ. */
const diagnoseRunSchema = anyRunSchema.extend({
	command: z.literal("diagnose"),
	/** The slices of base and head, those of the proof, then the windows under each collector. */
	measurements: z.array(measurementSchema),
	profiles,
	/** Null until both sides answered. */
	comparison: comparisonSchema.nullable(),
	diagnosis: diagnosisSchema,
});

/** One code measured against itself. */
const calibrateRunSchema = anyRunSchema.extend({
	command: z.literal("calibrate"),
	measurements: z.array(slicesSchema),
	/** Null until both sides answered. */
	comparison: comparisonSchema.nullable(),
	/** What the machine can see; null until it was measured to its end. */
	calibration: calibrationSchema.nullable(),
});

const matrixRunSchema = anyRunSchema.extend({
	command: z.literal("matrix"),
	/** The slices of every variant that was measured, then the windows under each collector. */
	measurements: z.array(measurementSchema),
	profiles,
	/** What was found; null until the target has described its layers. */
	stack: stackSchema.nullable(),
	/** Null until the first set is whole. */
	matrix: matrixSchema.nullable(),
});

export const runRecordSchema = z.discriminatedUnion("command", [
	flameRunSchema,
	loadRunSchema,
	allocRunSchema,
	doctorRunSchema,
	compareRunSchema,
	diagnoseRunSchema,
	calibrateRunSchema,
	matrixRunSchema,
]);
/** What all runs have. */
export type AnyRun = Immutable<z.infer<typeof anyRunSchema>>;
export type RunRecord = Immutable<z.infer<typeof runRecordSchema>>;
export type RunCommand = RunRecord["command"];
export type RunOf<Command extends RunCommand> = Extract<RunRecord, { readonly command: Command }>;
export type FlameRun = RunOf<"flame">;
export type LoadRun = RunOf<"load">;
export type AllocRun = RunOf<"alloc">;
export type DoctorRun = RunOf<"doctor">;
export type CompareRun = RunOf<"compare">;
export type DiagnoseRun = RunOf<"diagnose">;
export type CalibrateRun = RunOf<"calibrate">;
/** Runs of two sides. */
export type ComparedRun = CompareRun | DiagnoseRun | CalibrateRun;
export type MatrixRun = RunOf<"matrix">;
