import { createColors } from "picocolors";

/** How the terminal report is drawn. */
export interface TerminalStyle {
	readonly color: boolean;
	/** Width of the terminal. */
	readonly columns: number;
}

/** Colours that are the identity where there are none. */
export const colorsOf = (style: TerminalStyle): ReturnType<typeof createColors> => createColors(style.color);
