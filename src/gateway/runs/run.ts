import { randomUUID } from "node:crypto";
import type { ErrorBody } from "../errors.js";

/** One execution of the agent, from its request to its result. */
export interface Run {
	readonly id: string;
	readonly createdAt: Date;
	state: RunState;
}

export type RunState =
	| { readonly status: "created" }
	| { readonly status: "running"; readonly startedAt: Date }
	| ({ readonly status: "completed"; readonly result: RunResult } & Ending)
	| ({ readonly status: "failed"; readonly error: ErrorBody["error"] } & Ending);

interface RunResult {
	readonly message: string;
	readonly tokens_used_estimate: number;
}

interface Ending {
	readonly startedAt: Date;
	readonly finishedAt: Date;
	/** Time spent awaiting the provider. */
	readonly providerMs: number;
}

export function newRun(): Run {
	return { id: `run_${randomUUID()}`, createdAt: new Date(), state: { status: "created" } };
}

/** Where a status stands in the life of a run; both ends come last. */
export const statusNumber: Readonly<Record<RunState["status"], number>> = {
	created: 0,
	running: 1,
	completed: 2,
	failed: 2,
};

export const isFinished = ({ state }: Run): boolean => "finishedAt" in state;

/** A run as clients see it: what is not known yet is left out. */
export interface RunBody {
	readonly id: string;
	readonly status: RunState["status"];
	readonly created_at: string;
	readonly started_at?: string;
	readonly finished_at?: string;
	readonly result?: RunResult;
	readonly error?: ErrorBody["error"];
	readonly provider_ms?: number;
}

export function runBody({ id, createdAt, state }: Run): RunBody {
	return {
		id,
		status: state.status,
		created_at: createdAt.toISOString(),
		...("startedAt" in state ? { started_at: state.startedAt.toISOString() } : {}),
		...("finishedAt" in state ? { finished_at: state.finishedAt.toISOString() } : {}),
		...("result" in state ? { result: state.result } : {}),
		...("error" in state ? { error: state.error } : {}),
		...("providerMs" in state ? { provider_ms: state.providerMs } : {}),
	};
}
