/** Making elements. Text only ever becomes a text node; nothing here parses HTML. */

type Child = Node | string | null;
type Attributes = Readonly<Record<string, string | number | boolean | null>>;

export function el<Tag extends keyof HTMLElementTagNameMap>(
	tag: Tag,
	attributes: Attributes = {},
	...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
	const element = document.createElement(tag);
	setAttributes(element, attributes);
	append(element, children);
	return element;
}

export function svg<Tag extends keyof SVGElementTagNameMap>(
	tag: Tag,
	attributes: Attributes = {},
	...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
	const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
	setAttributes(element, attributes);
	append(element, children);
	return element;
}

/** A button that is not a submit button. */
export function button(attributes: Attributes, label: Child, onClick: () => void): HTMLButtonElement {
	const element = el("button", { type: "button", ...attributes }, label);
	element.addEventListener("click", onClick);
	return element;
}

/** Text from the target: kept apart from the direction of what stands around it. */
export const foreign = (text: string, className = ""): HTMLElement =>
	el("bdi", { dir: "ltr", ...(className === "" ? {} : { class: className }) }, text);

/** Keeps a figure and its unit on one line. */
export const unbroken = (text: string): string =>
	text.replace(/(\d) (%|ns|µs|ms|s|requests\/s)(?![\w])/g, "$1\u00a0$2");

function setAttributes(element: Element, attributes: Attributes): void {
	for (const [name, value] of Object.entries(attributes)) {
		if (value === null || value === false) continue;
		element.setAttribute(name, value === true ? "" : String(value));
	}
}

function append(element: Element, children: readonly Child[]): void {
	for (const child of children) if (child !== null) element.append(child);
}
