import type { DisagreementReason, ProfileDisagreement } from "#src/model/matrix.js";
import { formatByteCount } from "#src/report/numbers/bytes.js";
import { formatCount } from "#src/report/numbers/format.js";
import { formatNs } from "#src/report/numbers/times.js";

/** What may be the reason that the profile shows more or less of a layer than leaving it out measured; without a full stop. */
export function profileDisagreementText({ measured, reasons }: ProfileDisagreement): string {
	const texts = reasons.map(reasonText);
	return `Measured ${measured} than the profile shows: ${texts.join("; ")}`;
}

function reasonText(reason: DisagreementReason): string {
	switch (reason.kind) {
		case "same place":
			return `the profile cannot tell it from ${listed(reason.layers)}, as their code begins at the same place`;
		case "few ticks":
			return `the profile has ${tickCount(reason.ticks)} of it, and so few may be off by that much`;
		case "collections":
			return `it allocates ${formatByteCount(reason.bytes)} a request, and collecting them (some ${formatNs(reason.collectorNs)}) is not charged to it`;
		case "not seen":
			return "none of its functions was seen, so V8 may have inlined them into their callers";
		case "work of others": {
			const others =
				reason.by === "answer"
					? "it may make others work, as by a longer answer that is serialised and written"
					: "it may make others work, as by headers that are written later";
			return `${others}, or V8 may have inlined some of its functions into their callers`;
		}
		case "spares others":
			return "it spares others more work than it does itself";
		case "done without it":
			return "others may do without it what they now find done, or some of what runs below its functions runs without it as well";
	}
}

function tickCount(ticks: number): string {
	if (ticks < 0.5) return "no ticks";
	return `only ${formatCount(ticks)} ${Math.round(ticks) === 1 ? "tick" : "ticks"}`;
}

const MOST_LISTED = 3;
const listed = (names: readonly string[]): string =>
	names.length > MOST_LISTED
		? `${names.slice(0, MOST_LISTED).join(", ")} and ${names.length - MOST_LISTED} more`
		: names.join(" and ");
