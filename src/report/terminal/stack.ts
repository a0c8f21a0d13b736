import type { Layer, Stack } from "#src/model/matrix.js";
import { formatCount } from "#src/report/numbers/format.js";
import { keptInText } from "#src/report/sentences/kept-in.js";
import { layerFacts, layerOrigin, layerRole, layerTree, type PlacedLayer } from "#src/report/sentences/layer.js";
import { colorsOf, type TerminalStyle } from "./style.js";
import { printable, shorten, wrap } from "./table.js";

/** How a stack is shown: source paths count from `cwd`. */
export interface StackStyle extends TerminalStyle {
	readonly cwd?: string | null;
}

/** The layers of a target as a tree, in the order of registration: the answer of `az-prof matrix --list`. */
export function renderStack(layers: readonly Layer[], framework: Stack["framework"], style: StackStyle): string {
	const { bold, dim } = colorsOf(style);
	const app = framework === null ? "the target" : `${framework.name} ${framework.version}`;
	if (layers.length === 0) return `${bold(printable(app))}\nNo layers were found.`;
	const switched = layers.filter(({ keptIn }) => keptIn === null).length;
	const lines = together(layerTree(layers), layers).flatMap(({ layer, last, count }) => {
		const above = last.slice(0, -1).map((each) => (each ? "   " : "│  "));
		const [head, body] = last.at(-1) ? ["└─ ", "   "] : ["├─ ", "│  "];
		const hasChildren = layers.some(({ parent }) => parent === layer.id);
		const indent = `${above.join("")}${body}${hasChildren ? "│  " : "   "}`;
		return [
			`${dim(`${above.join("")}${head}`)}${title(layer, count, style, (above.length + 1) * 3)}`,
			...details(layer, style).map((line) => {
				const text = wrap(line, Math.max(30, style.columns - indent.length)).split("\n");
				return text.map((each) => dim(`${indent}${each}`)).join("\n");
			}),
		];
	});
	const count = `${formatCount(layers.length)} found, ${formatCount(switched)} can be switched.`;
	return [bold(printable(app)), ...lines, "", count].join("\n");
}

/** Neighbours that differ in nothing that is shown, as one: an application may have a plugin for each of its hundred routes. */
function together(
	placed: readonly PlacedLayer[],
	layers: readonly Layer[],
): (PlacedLayer & { readonly count: number })[] {
	const parents = new Set(layers.map(({ parent }) => parent));
	const keyOf = ({ layer: { id, order: _order, ...shown }, last }: PlacedLayer): string | null =>
		parents.has(id) ? null : JSON.stringify([shown, last.length]);
	const groups: (PlacedLayer & { readonly count: number })[] = [];
	for (const each of placed) {
		const before = groups.at(-1);
		const key = keyOf(each);
		if (before === undefined || key === null || key !== keyOf(before)) groups.push({ ...each, count: 1 });
		else groups[groups.length - 1] = { ...before, last: each.last, count: before.count + 1 };
	}
	return groups;
}

function title(layer: Layer, count: number, style: StackStyle, taken: number): string {
	const { bold, dim, yellow } = colorsOf(style);
	const role = `${layerRole(layer)}${count > 1 ? `, ${count} of them` : ""}`;
	const origin = printable(layerOrigin(layer, style.cwd ?? null) ?? "source unknown");
	const room = Math.max(24, style.columns - taken - role.length - 4);
	const name = shorten(printable(layer.name), Math.ceil(room * 0.55));
	// "@fastify/cors  @fastify/cors@11.4.3" says one thing twice.
	const from =
		layer.package?.name === layer.name
			? printable(layer.package.version ?? "")
			: shorten(origin, Math.max(10, room - [...name].length));
	const paint = layer.keptIn === null ? bold : dim;
	return `${paint(name)}  ${from === "" ? "" : `${dim(from)}  `}${layer.keptIn?.reason === "needed" ? yellow(role) : dim(role)}`;
}

function details(layer: Layer, style: StackStyle): string[] {
	const facts = layerFacts(layer).map(printable);
	const file = layer.package === null ? null : layerOrigin({ ...layer, package: null }, style.cwd ?? null);
	const lines = [[...facts, ...(file === null ? [] : [printable(file)])].join(" · ")];
	if (layer.keptIn !== null && layer.keptIn.reason !== "container") lines.push(printable(keptInText(layer.keptIn)));
	return lines.filter((line) => line !== "");
}
