import { button } from "./dom.js";

type Theme = "light" | "dark";
const STORE = "az-prof-theme";

/** Follows the system until the reader chooses; the choice is kept where the browser allows it. */
export function themeToggle(): HTMLElement {
	const kept = read();
	if (kept !== null) document.documentElement.dataset.theme = kept;
	const label = (): string => (current() === "dark" ? "☀ Light" : "☾ Dark");
	const toggle = button({ class: "theme", "aria-label": "Switch between light and dark" }, label(), () => {
		const next = current() === "dark" ? "light" : "dark";
		document.documentElement.dataset.theme = next;
		write(next);
		toggle.textContent = label();
	});
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
		toggle.textContent = label();
	});
	return toggle;
}

function current(): Theme {
	const chosen = document.documentElement.dataset.theme;
	if (chosen === "light" || chosen === "dark") return chosen;
	return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

// A page opened from disk may have no storage; then the choice lasts as long as the page.
function read(): Theme | null {
	try {
		const kept = localStorage.getItem(STORE);
		return kept === "light" || kept === "dark" ? kept : null;
	} catch {
		return null;
	}
}

function write(theme: Theme): void {
	try {
		localStorage.setItem(STORE, theme);
	} catch {
		return;
	}
}
