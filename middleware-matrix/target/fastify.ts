/**
 * Fastify 4 and 5. Every application says on a diagnostics channel that it exists, before its first plugin, however Fastify was
 * loaded; its methods are then wrapped on the root instance, from which all encapsulated ones inherit.
 */
import diagnostics_channel from "node:diagnostics_channel";
import { FastifyApp } from "./fastify-app.js";
import { observeRegistrations } from "./fastify-registrations.js";
import type { FastifyInstance } from "./fastify-types.js";
import type { WatchedFramework } from "./framework.js";
import type { DescribedLayer, LayerOrder, StackDescription } from "./protocol.js";
import { describeRecords } from "./records.js";

export function watchFastify(order: LayerOrder): WatchedFramework {
	const apps: FastifyApp[] = [];
	diagnostics_channel.subscribe("fastify.initialization", (message) => {
		const { fastify } = message as { fastify: FastifyInstance };
		const number = apps.length + 1;
		const app = new FastifyApp(order, fastify.version, number === 1 ? "" : `app ${number}: `);
		apps.push(app);
		observeRegistrations(fastify, app);
	});
	return {
		isUsed: () => apps.length > 0,
		describe: () => (apps.length === 0 ? null : describeApps(apps, order)),
		toggle(off) {
			const unknown = [...off].find((id) => !apps.some(({ tree }) => tree.has(id)));
			if (unknown !== undefined) throw new Error(`no layer has the id ${unknown}`);
			for (const { tree } of apps) tree.toggle(off);
		},
	};
}

function describeApps(apps: readonly FastifyApp[], order: LayerOrder): StackDescription {
	const [first] = apps as [FastifyApp];
	const described = apps.map((app) => ({
		layers: describeRecords(app.tree.records, order.mode === "discover"),
		routes: app.routes.map(({ method, url, within }) => ({ method, url, within: within?.id ?? null })),
		answered: app.answered,
	}));
	const stacks =
		apps.length === 1 ? described : described.map((stack, index) => underItsApp(stack, `app ${index + 1}`));
	return {
		framework: { name: "fastify", version: first.version },
		layers: stacks.flatMap(({ layers }) => layers),
		routes: stacks.flatMap(({ routes }) => routes),
		answered: stacks.flatMap(({ answered }) => answered),
	};
}

type AppStack = Omit<StackDescription, "framework">;

/** Several applications in one process: each becomes a container, as it has hooks and routes of its own. */
function underItsApp(stack: AppStack, id: string): AppStack {
	const app: DescribedLayer = {
		id,
		name: id,
		kind: "plugin",
		parent: null,
		encapsulated: true,
		hooks: [],
		decorates: [],
		dependsOn: [],
		file: null,
		line: null,
		package: null,
	};
	return {
		layers: [app, ...stack.layers.map((layer) => ({ ...layer, parent: layer.parent ?? id }))],
		routes: stack.routes.map((route) => ({ ...route, within: route.within ?? id })),
		answered: stack.answered,
	};
}
