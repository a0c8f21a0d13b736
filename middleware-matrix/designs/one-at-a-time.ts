import type { Cell, Design } from "./design.js";

/** From so many factors on bare has a control, the same once more: bare stands in every effect, so its noise counts most. */
const FACTORS_FOR_A_CONTROL = 3;
/** With two factors "all but a" is "b alone". */
const FACTORS_FOR_LEAVING_OUT = 3;

/**
 * Bare and its control, each factor alone, all. The effect of a factor is what it adds to bare; with leave-one-out, the mean of that
 * and of what it adds to all others. The mean has half the variance, and shares what two layers cost only together
 * equally between them (the Shapley value, where no more than two layers work on each other).
 */
export function oneAtATime(factors: readonly string[], leaveOneOut: boolean): Design {
	const every = factors.map((_, index) => index);
	const several = factors.length > 1;
	const leftOut = leaveOneOut && factors.length >= FACTORS_FOR_LEAVING_OUT;
	const cells: Cell[] = [{ name: "bare", on: [] }];
	if (factors.length >= FACTORS_FOR_A_CONTROL) cells.push({ name: "bare control", on: [] });
	const bare = cells.map((_, index) => index);
	const alone = factors.map((name, index) => cells.push({ name: several ? `${name} alone` : "all", on: [index] }) - 1);
	const allBut = leftOut
		? factors.map((name, out) => cells.push({ name: `all but ${name}`, on: every.filter((i) => i !== out) }) - 1)
		: [];
	const all = several ? cells.push({ name: "all", on: every }) - 1 : (alone[0] as number);

	const contrasts = every.map((factor) => {
		const coefficients = cells.map(() => 0);
		const share = leftOut ? 1 / 2 : 1;
		coefficients[alone[factor] as number] = share;
		for (const cell of bare) coefficients[cell] = -share / bare.length;
		const without = allBut[factor];
		if (without !== undefined) {
			coefficients[all] = share;
			coefficients[without] = -share;
		}
		return coefficients;
	});
	return { kind: "one-at-a-time", factors, cells, contrasts, bare, all: [all] };
}
