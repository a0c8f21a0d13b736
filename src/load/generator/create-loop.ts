import { clientMaker } from "#src/load/clients/client-maker.js";
import type { LoadOrder } from "#src/load/order/order.js";
import { ClosedLoop } from "./closed-loop.js";
import type { Loop } from "./loop.js";
import { OpenLoop } from "./open-loop.js";

/** @throws LoadFailed where there are not enough file descriptors */
export function createLoop(order: LoadOrder): Loop {
	const { load } = order;
	const make = clientMaker(order);
	return load.kind === "closed" ? new ClosedLoop(order, load, make) : new OpenLoop(order, load, make);
}
