import { fillTemplate, isTemplate } from "#src/load/requests/placeholders.js";

/** The messages of a load, in the order they are sent by all its clients: always the same bytes, unless it is a template. */
export class MessageSource {
	readonly next: () => Buffer;

	/** @param message may have the placeholders {{seq}} (0, 1, 2 …) and {{uuid}} */
	constructor(message: string) {
		let seq = 0;
		const constant = Buffer.from(message);
		this.next = isTemplate(message) ? () => Buffer.from(fillTemplate(message, seq++)) : () => constant;
	}
}

const ERROR_NAME = Buffer.from('"error"');
/** Larger answers are not looked into: parsing them would cost more than sending the next message. */
const LARGEST_PARSED = 64 * 1024;

/** Whether an answer is JSON that says of itself that something went wrong: an object with an "error" that is not null. */
export function saysError(answer: Buffer): boolean {
	if (answer.length > LARGEST_PARSED || !answer.includes(ERROR_NAME)) return false;
	try {
		const { error } = JSON.parse(answer.toString()) as { error?: unknown };
		return error !== undefined && error !== null;
	} catch {
		return false;
	}
}
