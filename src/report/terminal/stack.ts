import type { Layer, Matrix } from "../../model/matrix.js";
import { formatCount } from "../format.js";
import { layerFacts, layerOrigin, layerRole, layerTree } from "../layer-words.js";
import { colorsOf, type TerminalStyle } from "./style.js";
import { printable, shorten, wrap } from "./table.js";

/** How a stack is shown: source paths count from `cwd`. */
export interface StackStyle extends TerminalStyle {
	readonly cwd?: string | null;
}

/** The layers of a target as a tree, in the order of registration: the answer of `az-prof matrix --list`. */
export function renderStack(layers: readonly Layer[], framework: Matrix["framework"], style: StackStyle): string {
	const { bold, dim } = colorsOf(style);
	const app = framework === null ? "the target" : `${framework.name} ${framework.version}`;
	if (layers.length === 0) return `${bold(printable(app))}\nNo layers were found.`;
	const switched = layers.filter(({ keptIn }) => keptIn === null).length;
	const lines = layerTree(layers).flatMap(({ layer, last }) => {
		const above = last.slice(0, -1).map((each) => (each ? "   " : "│  "));
		const [head, body] = last.at(-1) ? ["└─ ", "   "] : ["├─ ", "│  "];
		const hasChildren = layers.some(({ parent }) => parent === layer.id);
		const indent = `${above.join("")}${body}${hasChildren ? "│  " : "   "}`;
		return [
			`${dim(`${above.join("")}${head}`)}${title(layer, style, (above.length + 1) * 3)}`,
			...details(layer, style).map((line) => {
				const text = wrap(line, Math.max(30, style.columns - indent.length)).split("\n");
				return text.map((each) => dim(`${indent}${each}`)).join("\n");
			}),
		];
	});
	const count = `${formatCount(layers.length)} found, ${formatCount(switched)} can be switched.`;
	return [bold(printable(app)), ...lines, "", count].join("\n");
}

function title(layer: Layer, style: StackStyle, taken: number): string {
	const { bold, dim, yellow } = colorsOf(style);
	const role = layerRole(layer);
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
	if (layer.keptIn !== null && layer.keptIn.reason !== "container") lines.push(printable(layer.keptIn.sentence));
	return lines.filter((line) => line !== "");
}
