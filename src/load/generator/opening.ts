import type { LoadFailed } from "./load-failed.js";

/** Waits until a load flows, at the latest for as long as one request may take. What comes after that changes nothing. */
export class Opening {
	#onOpened: (() => void) | null = null;
	#onFailed: ((error: LoadFailed) => void) | null = null;

	/** @param begin sets the load going; opened() or failed() may be called from it */
	wait(limitMs: number, begin: () => void): Promise<void> {
		return new Promise((resolve, reject) => {
			const limit = setTimeout(resolve, limitMs);
			this.#onOpened = () => {
				clearTimeout(limit);
				resolve();
			};
			this.#onFailed = (error) => {
				clearTimeout(limit);
				reject(error);
			};
			begin();
		});
	}

	opened(): void {
		this.#onOpened?.();
	}

	failed(error: LoadFailed): void {
		this.#onFailed?.(error);
	}
}
