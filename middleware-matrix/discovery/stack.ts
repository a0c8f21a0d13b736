import type { DescribedLayer, DescribedRoute, StackDescription } from "#matrix/target/protocol.js";
import type { KeptIn, Layer } from "#src/model/matrix.js";

type Route = Pick<DescribedRoute, "method" | "url">;

/** Packages of plugins whose only work is to register others, however few. */
const registrars = new Set(["@fastify/autoload"]);

/**
 * What can be switched in a stack, as seen by the route that answered the endpoint.
 *
 * A plugin that holds the route is a container: it stays, its own hooks and plugins are looked at one by one. Any other plugin
 * is one layer with everything inside it, and stays where nothing of it can run for the endpoint.
 *
 * @param route null: no route is looked at; then every plugin and every hook is listed by itself, and nothing is kept in
 * @returns in the order of registration
 */
export function layersOf(stack: StackDescription, route: Route | null): Layer[] {
	const tree = new StackTree(stack);
	if (route === null) return stack.layers.map((layer) => tree.alone(layer));
	const containers = tree.containersOf(route);
	const layers: Layer[] = [];
	const visit = (parent: string | null): void => {
		for (const layer of tree.within(parent)) {
			const reason = asContainer(layer, containers, tree, route);
			if (reason === null) {
				layers.push({ ...tree.folded(layer), keptIn: offPath(layer, tree, route) });
				continue;
			}
			layers.push({ ...tree.alone(layer), keptIn: reason });
			visit(layer.id);
		}
	};
	visit(null);
	return layers.sort((a, b) => a.order - b.order);
}

/** Why it stays, and its parts are looked at one by one; null for one that is a layer itself. */
function asContainer(
	layer: DescribedLayer,
	containers: ReadonlySet<string>,
	tree: StackTree,
	route: Route,
): KeptIn | null {
	if (layer.kind !== "plugin") return null;
	const container = { reason: "container", route: routeName(route) } as const;
	if (containers.has(layer.id)) return { ...container, because: "holds the route" };
	if (!layer.encapsulated && tree.onlyRegistersPlugins(layer)) return { ...container, because: "registers plugins" };
	return null;
}

/** Why nothing of a layer can run for the route; null where something may. */
function offPath(layer: DescribedLayer, tree: StackTree, route: Route): KeptIn | null {
	const offPath = { reason: "off path", route: routeName(route) } as const;
	if (layer.kind === "hook") return layer.hooks.length > 0 ? null : { ...offPath, because: "attaches nothing" };
	if (layer.encapsulated) return { ...offPath, because: "own routes" };
	const { hooks, decorates, routes } = tree.folded(layer);
	const onlyRoutes = hooks.length === 0 && decorates.length === 0 && routes > 0;
	return onlyRoutes ? { ...offPath, because: "only routes" } : null;
}

const routeName = ({ method, url }: Route): string => `${method} ${url}`;

class StackTree {
	readonly #stack: StackDescription;
	readonly #byId: ReadonlyMap<string, DescribedLayer>;
	readonly #orders: ReadonlyMap<string, number>;

	constructor(stack: StackDescription) {
		this.#stack = stack;
		this.#byId = new Map(stack.layers.map((layer) => [layer.id, layer]));
		this.#orders = new Map(stack.layers.map(({ id }, order) => [id, order]));
	}

	within(parent: string | null): DescribedLayer[] {
		return this.#stack.layers.filter((layer) => layer.parent === parent);
	}

	/** Ids of the layers around the route, wherever it is registered. */
	containersOf(route: Route): ReadonlySet<string> {
		const sameUrl = this.#stack.routes.filter(({ url }) => url === route.url);
		const same = sameUrl.filter(({ method }) => method === route.method);
		return new Set((same.length > 0 ? same : sameUrl).flatMap(({ within }) => this.#lineage(within)));
	}

	/** Adds nothing to requests itself. */
	onlyRegistersPlugins(layer: DescribedLayer): boolean {
		const inside = this.within(layer.id);
		if (layer.decorates.length > 0 || this.#routesIn([layer]) > 0 || inside.some(({ kind }) => kind === "hook"))
			return false;
		return inside.length > 1 || (inside.length > 0 && registrars.has(layer.package?.name ?? ""));
	}

	/** A layer by itself, without what is registered within it. */
	alone(layer: DescribedLayer): Layer {
		return this.#layer(layer, [layer], [layer]);
	}

	/** A layer with all that is registered within it. */
	folded(layer: DescribedLayer): Layer {
		return this.#layer(layer, this.#inReach(layer), this.#subtree(layer));
	}

	#layer(layer: DescribedLayer, inReach: readonly DescribedLayer[], subtree: readonly DescribedLayer[]): Layer {
		const names = new Set(inReach.map(({ name }) => name));
		return {
			id: layer.id,
			name: layer.name,
			kind: layer.kind,
			parent: layer.parent,
			order: this.#orders.get(layer.id) ?? 0,
			hooks: unique(inReach.flatMap(({ hooks }) => hooks)),
			decorates: unique(inReach.flatMap(({ decorates }) => decorates)),
			dependsOn: unique(inReach.flatMap(({ dependsOn }) => dependsOn)).filter((name) => !names.has(name)),
			routes: this.#routesIn(subtree),
			file: layer.file,
			line: layer.line,
			package: layer.package,
			files: unique(inReach.flatMap(({ file }) => file ?? [])),
			keptIn: null,
		};
	}

	/** With what is registered within it, up to instances of their own: their hooks and decorators stay inside. */
	#inReach(layer: DescribedLayer): DescribedLayer[] {
		const inner = this.within(layer.id).filter(({ encapsulated }) => !encapsulated);
		return [layer, ...inner.flatMap((each) => this.#inReach(each))];
	}

	#subtree(layer: DescribedLayer): DescribedLayer[] {
		return [layer, ...this.within(layer.id).flatMap((each) => this.#subtree(each))];
	}

	#routesIn(layers: readonly DescribedLayer[]): number {
		const ids = new Set<string | null>(layers.map(({ id }) => id));
		return this.#stack.routes.filter(({ within }) => ids.has(within)).length;
	}

	#lineage(id: string | null): string[] {
		const layer = id === null ? undefined : this.#byId.get(id);
		return layer === undefined ? [] : [layer.id, ...this.#lineage(layer.parent)];
	}
}

const unique = <Value>(values: readonly Value[]): Value[] => [...new Set(values)];
