/** What a progress line needs of a stream: a screen. */
export interface Screen {
	readonly columns?: number;
	write(text: string): unknown;
}

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MS = 100;
/** A terminal may say that it has no columns at all. */
const FEWEST_COLUMNS = 20;
const CLEAR_LINE = "\r\u001b[2K";

/** One line that says for how long it has been going on and what is done now, replaced in place. It writes on a timer and so stops no signal. */
export class ProgressLine {
	#phase = "";
	#frame = 0;
	#timer: NodeJS.Timeout | undefined;
	/** When the first phase was shown. */
	#sinceMs: number | null = null;

	constructor(
		readonly screen: Screen,
		readonly now: () => number = () => performance.now(),
	) {}

	show(phase: string): void {
		this.#phase = phase;
		this.#sinceMs ??= this.now();
		this.#draw();
		this.#timer ??= setInterval(() => this.#draw(), FRAME_MS).unref();
	}

	clear(): void {
		if (this.#timer === undefined) return;
		clearInterval(this.#timer);
		this.#timer = undefined;
		this.screen.write(CLEAR_LINE);
	}

	#draw(): void {
		const columns = Math.max(FEWEST_COLUMNS, this.screen.columns ?? 0);
		const frame = FRAMES[this.#frame++ % FRAMES.length];
		const seconds = Math.floor((this.now() - (this.#sinceMs ?? this.now())) / 1e3);
		const line = `${frame} ${seconds} s · ${this.#phase}`;
		// The last column stays free: a full line would wrap, and only its second half could be cleared.
		this.screen.write(`${CLEAR_LINE}${line.slice(0, columns - 1)}`);
	}
}
