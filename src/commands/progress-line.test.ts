import { expect, it, vi } from "vitest";
import { ProgressLine } from "./progress-line.js";

function line(columns: number) {
	const written: string[] = [];
	const clock = { ms: 5_000 };
	const screen = { columns, write: (text: string) => written.push(text) };
	return { written, clock, progress: new ProgressLine(screen, () => clock.ms) };
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

it("says for how long it has been going on, whatever the phase", () => {
	const { written, clock, progress } = line(80);
	progress.show("starting");
	clock.ms += 12_400;
	progress.show("warming");
	progress.clear();
	expect(written[0]).toMatch(/ 0 s · starting$/);
	expect(written[1]).toMatch(/ 12 s · warming$/);
});

it("has a width also where the terminal says that it has none", () => {
	const { written, progress } = line(0);
	progress.show("loading");
	progress.clear();
	expect(written[0]).toContain("loading");
});
