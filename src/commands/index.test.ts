import { Command } from "commander";
import { expect, it } from "vitest";
import { commands } from "./index.js";

it.each(Object.entries(commands))("%s is listed with the arguments that it defines", async (name, listed) => {
	const { define } = await listed.load();
	const defined = define(new Command(name));
	const asListed = new Command().command(`${name} ${listed.arguments}`);
	expect(asListed.usage()).toBe(defined.usage());
	expect(asListed.registeredArguments.map(({ required, variadic }) => [required, variadic])).toEqual(
		defined.registeredArguments.map(({ required, variadic }) => [required, variadic]),
	);
	// As the list says.
	expect(defined.options.length).toBeGreaterThan(0);
});
