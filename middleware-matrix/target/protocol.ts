/**
 * What the tool and the part of it that is preloaded into the target say to each other about layers. The order comes in the
 * environment, since it must be known before the application's first line; descriptions are asked for over the agent's socket.
 */

/** JSON in the environment. */
export const LAYER_ORDER_VARIABLE = "AZ_PROF_LAYERS";

export type LayerOrder =
	/** Watches registrations and leaves the application as it is. */
	| { readonly mode: "discover" }
	/** The layers of these ids are never registered; all else is. */
	| { readonly mode: "absent"; readonly without: readonly string[] }
	/** Hooks of all layers can be skipped and run again while the process is warm: by "layers.toggle". */
	| { readonly mode: "toggle" };

/** Stands among the hooks of a layer that replaces handlers of routes by its own. */
export const HANDLER = "handler";

/** Method "layers.describe", without parameters. */
export interface StackDescription {
	/** Null where no framework that is known was loaded. */
	readonly framework: { readonly name: string; readonly version: string } | null;
	/** Plugins and hooks of every instance, in the order of registration. Those that the order leaves out are in it as well. */
	readonly layers: readonly DescribedLayer[];
	readonly routes: readonly DescribedRoute[];
	/** The routes that requests have been answered by so far, by their pattern; how the tool learns where its endpoint lives. */
	readonly answered: readonly { readonly method: string; readonly url: string }[];
}

export interface DescribedLayer {
	/** The same in every start of the same application, whatever is left out. */
	readonly id: string;
	readonly name: string;
	readonly kind: "plugin" | "hook";
	/** Id of the plugin within which it is registered; null at the root. */
	readonly parent: string | null;
	/** A plugin with an instance of its own: its hooks run for its own routes only. */
	readonly encapsulated: boolean;
	/**
	 * Lifecycle hooks that it adds itself, to instances or to routes, each once; not those of plugins within it. HANDLER among them: it
	 * puts itself around the handlers of routes.
	 */
	readonly hooks: readonly string[];
	/** "reply.setCookie", "request.user", "instance.rateLimit" */
	readonly decorates: readonly string[];
	/** Declared in fastify-plugin's metadata. */
	readonly dependsOn: readonly string[];
	/** Absolute path and line (from 1) of the code: of a hook where it is defined, of a plugin where its function is. */
	readonly file: string | null;
	readonly line: number | null;
	readonly package: { readonly name: string; readonly version: string | null } | null;
}

export interface DescribedRoute {
	readonly method: string;
	readonly url: string;
	/** Id of the plugin that registers it; null at the root. */
	readonly within: string | null;
}
