/** What a failure was about. Every one but INTERRUPTED ends the command with exit code 2: nothing could be measured. */
export type ErrorCode =
	| "USAGE"
	| "COMMAND_NOT_FOUND"
	| "TARGET_DIED"
	| "TARGET_SILENT"
	| "TARGET_ANSWER"
	| "PORT_TAKEN"
	| "UNREACHABLE"
	| "GENERATOR_FAILED"
	| "COLLECTOR_MISSING"
	| "COLLECTOR_FAILED"
	| "RUN_FOLDER"
	| "RUN_RECORD"
	| "EXPORT"
	| "GATEWAY_CONFIG"
	| "GIT"
	| "PREPARE_FAILED"
	| "INTERRUPTED";

export interface KnownErrorParts {
	readonly code: ErrorCode;
	/** What happened, as the beginning of a sentence: "the target exited with code 1 before it listened". */
	readonly what: string;
	/** Why, where it is known: "port 3000 is in use". */
	readonly why?: string;
	/** What the user can do now: "choose another port with --port". */
	readonly fix?: string;
	/** Further lines worth seeing, e.g. the target's last log lines. */
	readonly details?: readonly string[];
	readonly cause?: unknown;
}

/** A failure that was foreseen: shown as one sentence, without a stack. */
export class KnownError extends Error {
	readonly code: ErrorCode;
	readonly details: readonly string[];
	readonly #parts: KnownErrorParts;

	constructor(parts: KnownErrorParts) {
		const sentence = [parts.what, parts.why].filter(Boolean).join(": ");
		super(parts.fix ? `${sentence}; ${parts.fix}` : sentence, { cause: parts.cause });
		this.name = "KnownError";
		this.code = parts.code;
		this.details = parts.details ?? [];
		this.#parts = parts;
	}

	/** What happened, without why and what to do. */
	get what(): string {
		return this.#parts.what;
	}

	/** The same failure, said of one of several: "head: the target exited with code 1 …". */
	of(subject: string): KnownError {
		return this.with({ what: `${subject}: ${this.#parts.what}` });
	}

	/** The same failure with some of its parts replaced. */
	with(parts: Partial<KnownErrorParts>): KnownError {
		return new KnownError({ ...this.#parts, ...parts });
	}
}

/** The signals that end the work in order. */
export type EndingSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** The user, or who runs the tool, wants it to end. It is nobody's fault, so it stays what it is wherever it is caught. */
export class Interruption extends KnownError {
	constructor(readonly signal: EndingSignal) {
		super({ code: "INTERRUPTED", what: `interrupted by ${signal}`, why: "what was measured until then is kept" });
	}

	override with(): this {
		return this;
	}
}

export const usageError = (what: string, fix?: string): KnownError =>
	new KnownError({ code: "USAGE", what, ...(fix === undefined ? {} : { fix }) });

/** The `code` of a Node system error ("ENOENT", "EADDRINUSE"), or undefined. */
export const systemErrorCode = (error: unknown): string | undefined =>
	error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
