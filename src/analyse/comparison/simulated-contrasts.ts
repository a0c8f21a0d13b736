/**
 * Comparisons whose truth is known, for tests: contrasts between two variants at two levels, between process sets and between the
 * rounds of one set, as they were measured on real processes (docs/method.md).
 */
export interface SimulatedNoise {
	/** Standard deviation between process sets, in logs. */
	readonly processSd: number;
	/** Of one round; its tails are heavy (Student's t with 3 degrees of freedom, and now and then a wild one). */
	readonly roundSd: number;
	readonly rounds: number;
}

export class Simulation {
	#state: number;
	#spare: number | null = null;

	constructor(seed: number) {
		this.#state = seed >>> 0;
	}

	readonly uniform = (): number => {
		this.#state = (this.#state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 2 ** 32;
	};

	/** Standard normal (Box and Muller). */
	normal(): number {
		if (this.#spare !== null) {
			const spare = this.#spare;
			this.#spare = null;
			return spare;
		}
		const radius = Math.sqrt(-2 * Math.log(this.uniform()));
		const angle = 2 * Math.PI * this.uniform();
		this.#spare = radius * Math.sin(angle);
		return radius * Math.cos(angle);
	}

	/** Student's t with 3 degrees of freedom, scaled to a standard deviation of 1; one in fifty is four times as wild. */
	heavy(): number {
		const chi = this.normal() ** 2 + this.normal() ** 2 + this.normal() ** 2;
		const t = this.normal() / Math.sqrt(chi / 3) / Math.sqrt(3);
		return this.uniform() < 0.02 ? 4 * t : t;
	}

	/** The contrasts of all rounds of one process set whose truth is `change`. */
	rounds(change: number, noise: SimulatedNoise): number[] {
		const ofSet = change + noise.processSd * this.normal();
		return Array.from({ length: noise.rounds }, () => ofSet + noise.roundSd * this.heavy());
	}
}
