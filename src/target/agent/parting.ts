/** What an isolate says when it ends while something is being watched in it: nobody can ask it afterwards. */

const speakers = new Map<string, () => unknown>();

/** Until it is forgotten, `speak` is asked when this isolate ends; it cannot wait for anything. */
export const sayWhenLeaving = (method: string, speak: () => unknown): void => void speakers.set(method, speak);

export const sayNothingWhenLeaving = (method: string): void => void speakers.delete(method);

/** What there is to say, by method. A speaker that fails says nothing. */
export function partingWords(): Record<string, unknown> {
	const words: Record<string, unknown> = {};
	for (const [method, speak] of speakers) {
		try {
			words[method] = speak();
		} catch {
			// It ends all the same.
		}
	}
	return words;
}
