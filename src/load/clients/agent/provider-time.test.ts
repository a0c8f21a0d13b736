import { expect, it } from "vitest";
import { providerMsOf } from "./provider-time.js";

it.each([
	["provider;dur=12.5", 12.5],
	["provider;dur=0", 0],
	['provider; desc="a, b; dur=9"; DUR=3', 3],
	['cache;desc="provider;dur=1", provider;dur="4.25", db;dur=2', 4.25],
	["provider;dur=1, provider;dur=2.5", 3.5],
	["provider;dur=1e3", 1000],
	["provider", null],
	["provider;dur=", null],
	["provider;dur=-1", null],
	["provider;dur=x", null],
	["providers;dur=1", null],
	["", null],
	['provider;desc="open', null],
] as const)("%s is %s", (header, ms) => {
	expect(providerMsOf(header)).toBe(ms);
});
