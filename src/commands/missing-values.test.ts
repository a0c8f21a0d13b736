import { expect, it } from "vitest";
import { refuseMissingValues } from "./missing-values.js";

const options = [
	{ long: "--token", required: true },
	{ long: "--out", required: true },
	{ short: "-c", long: "--concurrency", required: true },
	{ long: "--csv", required: false },
	{ short: "-q", long: "--quiet", required: false },
];

it.each([
	[
		["load", "/", "--token", "--out", "runs"],
		/--token has no value: behind it comes --out; give it one, or write both as one word/,
	],
	[["load", "-c", "-q"], /-c has no value: behind it comes -q/],
])("%j lacks a value", (args, sentence) => {
	expect(() => refuseMissingValues(args, options)).toThrow(sentence);
});

it.each([
	[["load", "/", "--token", "x", "--out", "runs", "-q"]],
	[["load", "--csv", "--out", "runs"]],
	[["load", "--token=--out", "/"]],
	[["load", "--token", "-x", "--out", "--outer"]],
	[["load", "/", "--token"]],
])("%j does not, or is commander's to refuse", (args) => {
	refuseMissingValues(args, options);
});
