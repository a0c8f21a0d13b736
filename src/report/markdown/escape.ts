import { printable } from "#src/report/terminal/table.js";

/**
 * Text for a line or a table cell of GitHub's and GitLab's Markdown, in which nothing is markup, a link, HTML or the end
 * of the cell. Names, paths and labels come from the target.
 */
export const escapeMarkdown = (text: string): string =>
	printable(text)
		.replace(/[\\`*_~|]/g, "\\$&")
		.replaceAll("&", "&amp;")
		.replaceAll("<", "&lt;")
		.replaceAll(">", "&gt;")
		.replaceAll("](", "]\\(")
		// A zero-width space: otherwise a package name such as @scope/name notifies whoever is called so.
		.replaceAll("@", "@&#8203;");

/** The same as code. HTML rather than backticks, which a name could close; nobody is notified by what is in it. */
export const codeCell = (text: string): string => `<code>${escapeMarkdown(text).replaceAll("@&#8203;", "@")}</code>`;
