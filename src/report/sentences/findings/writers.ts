import type { FindingCode, FindingOf } from "#src/model/finding.js";

/** By code, what writes the sentence of such a finding. It ends with a full stop. */
export type SentenceWriters = { readonly [Code in FindingCode]: (finding: FindingOf<Code>) => string };
