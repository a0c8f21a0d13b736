const MAX_NAME = 80;

/** A name for one line of prose: control characters (a terminal would obey them) and excess length taken out. */
export function briefName(name: string, most = MAX_NAME): string {
	const characters = [...name.replace(/\p{Cc}/gu, "�")];
	return characters.length <= most ? characters.join("") : `${characters.slice(0, most - 1).join("")}…`;
}
