/** Two digits: "4.1 %", "−0.42 %". */
export const percent = (share: number): string => `${Number((share * 100).toPrecision(2))} %`;

/** With its sign, a real minus. */
export const signedPercent = (share: number): string => `${share < 0 ? "−" : "+"}${percent(Math.abs(share))}`;
