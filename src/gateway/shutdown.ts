import type { FastifyInstance } from "fastify";

/** What is still being answered when the gateway is told to stop has this long; then its connection is cut. */
export const CLOSING_GRACE_MS = 700;

/** Bounds the time that app.close() waits for answers under way. */
export function boundClosing(app: FastifyInstance): void {
	let cut: NodeJS.Timeout | undefined;
	app.addHook("preClose", async () => {
		cut = setTimeout(() => app.server.closeAllConnections(), CLOSING_GRACE_MS).unref();
	});
	app.addHook("onClose", async () => clearTimeout(cut));
}
