import { join } from "node:path";
import type { AnswerListener } from "#src/investigate/flame.js";
import { renderHtml } from "#src/report/html/html.js";
import { preliminaryAnswer } from "#src/report/sentences/preliminary.js";
import { wrap } from "#src/report/terminal/table.js";
import { openInBrowser, REPORT_FILE, type ShowOptions } from "./show-run.js";
import type { Terminal } from "./terminal.js";

/** The page is looked at no more when nothing came for so many times as long as was expected. */
const PATIENCE = 3;
const LEAST_PATIENCE_MS = 60_000;

/**
 * The answer of a run while it goes on: its page, drawn anew whenever there is more, and the first sentence, on stderr, as a run has one
 * answer on stdout.
 */
export class RunningReport {
	#isTold = false;
	#isOpen = false;

	constructor(
		readonly options: Pick<ShowOptions, "json" | "open"> & { readonly quiet?: boolean },
		readonly terminal: Terminal,
	) {}

	/** Whether the page is in the browser. */
	get isOpen(): boolean {
		return this.#isOpen;
	}

	/** Null where neither the sentence nor the page would be seen. */
	get answered(): AnswerListener | null {
		return this.#isSilent && this.options.open !== true ? null : this.#answered;
	}

	get #isSilent(): boolean {
		return this.options.json === true || this.options.quiet === true;
	}

	readonly #answered: AnswerListener = async ({ record, trees, folder }, nextWithinMs) => {
		const { options, terminal } = this;
		const nextAtMs = Date.now() + nextWithinMs;
		const preliminary = {
			// Since the process began.
			afterMs: performance.now(),
			nextAtMs,
			untilMs: nextAtMs + Math.max(LEAST_PATIENCE_MS, PATIENCE * nextWithinMs),
		};
		folder.saveFile(REPORT_FILE, renderHtml({ run: record, trees, preliminary }));
		if (this.#isTold) return;
		this.#isTold = true;
		const report = join(folder.path, REPORT_FILE);
		if (!this.#isSilent) {
			const answer = preliminaryAnswer(record, trees, preliminary.afterMs);
			terminal.err(`${wrap(`${answer} So far: ${report}`, terminal.columns)}\n\n`);
		}
		if (options.open !== true) return;
		this.#isOpen = true;
		await openInBrowser(report, terminal);
	};
}
