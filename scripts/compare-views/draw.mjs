/**
 * Runs command lines of a built az-prof one after the other in this process, as a process each would take most of the time.
 *
 *   node draw.mjs CLI ORDERS ANSWERS
 *
 * Of the build it knows cli.js alone, which does what its command line says and ends the process: here it is loaded again and again.
 */
// @ts-check
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [, , cli = "", ordersFile = "", answersFile = ""] = process.argv;
/** @type {readonly { readonly args: readonly string[], readonly columns: number | null }[]} */
const orders = JSON.parse(readFileSync(ordersFile, "utf8"));

// Each command listens to signals and to its output anew.
for (const emitter of [process, process.stdout, process.stderr]) emitter.setMaxListeners(0);

/** @type {{ out: Buffer[], err: Buffer[], code: number | null }} */
let said = { out: [], err: [], code: null };
/** @param {"out" | "err"} name */
const heard =
	(name) =>
	/** @param {string | Uint8Array} chunk @param {...unknown} rest */
	(chunk, ...rest) => {
		said[name].push(Buffer.from(chunk));
		const done = rest.at(-1);
		if (typeof done === "function") setImmediate(() => done());
		return true;
	};
process.stdout.write = heard("out");
process.stderr.write = heard("err");
// @ts-expect-error: whoever ends the process goes on to the end of its file here.
process.exit = (code) => {
	said.code ??= Number(code ?? 0);
};

const answers = [];
for (const [index, { args, columns }] of orders.entries()) {
	said = { out: [], err: [], code: null };
	const isTTY = columns !== null;
	Object.defineProperty(process.stdout, "isTTY", { value: isTTY, configurable: true });
	Object.defineProperty(process.stdout, "columns", { value: columns ?? undefined, configurable: true });
	process.argv = [process.execPath, cli, ...args];
	await import(`${pathToFileURL(cli).href}?${index}`);
	answers.push({
		code: said.code ?? 0,
		out: Buffer.concat(said.out).toString("base64"),
		err: Buffer.concat(said.err).toString("utf8"),
	});
}
writeFileSync(answersFile, JSON.stringify(answers));
