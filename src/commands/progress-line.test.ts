import { expect, it, vi } from "vitest";
import { ProgressLine } from "./progress-line.js";

function line(columns: number) {
	const written: string[] = [];
	return { written, progress: new ProgressLine({ columns, write: (text: string) => written.push(text) }) };
}

it("is replaced in place, cut to the width, and leaves nothing", () => {
	vi.useFakeTimers();
	const { written, progress } = line(24);
	progress.show("a phase with a name that is longer than the screen");
	vi.advanceTimersByTime(250);
	progress.clear();
	vi.advanceTimersByTime(1_000);
	vi.useRealTimers();
	expect(written.length).toBe(4);
	for (const each of written.slice(0, -1)) {
		expect(each.startsWith("\r\u001b[2K")).toBe(true);
		expect(each.slice("\r\u001b[2K".length).length).toBeLessThan(24);
	}
	expect(written.at(-1)).toBe("\r\u001b[2K");
});

it("has a width also where the terminal says that it has none", () => {
	const { written, progress } = line(0);
	progress.show("loading");
	progress.clear();
	expect(written[0]).toContain("loading");
});
