// Preloaded into both sides of a benchmark. INJECT says what every request does besides; what there is of this file costs
// both sides the same.
//   cpu:N        N rounds of a small loop
//   alloc:BYTES  one object of about so many bytes
//   await:MS     waits so long, without CPU
//   stall:MS:N   one request in N waits so long, without CPU
//   spin:MS:N    one request in N holds the thread for so long
//   refactor     the same work, written differently
const { Server } = require("node:http");
const { burn } = require("../matrix-bench/loop.cjs");
const [kind, amount = "0", every = "1"] = (process.env.INJECT ?? "none").split(":");
const size = Number(amount);
let count = 0;
let kept = null;

const emit = Server.prototype.emit;
Server.prototype.emit = function (event, ...args) {
	if (event !== "request") return emit.call(this, event, ...args);
	const proceed = () => emit.call(this, event, ...args);
	switch (kind) {
		case "cpu":
			burn(size);
			return proceed();
		case "alloc":
			// Doubles in a list: 8 bytes each, and some 32 for the list itself.
			kept = new Array(Math.max(1, (size - 32) >> 3)).fill(0.5);
			return proceed();
		case "await":
			setTimeout(proceed, size);
			return true;
		case "stall":
			if (!isTurn()) return proceed();
			setTimeout(proceed, size);
			return true;
		case "spin":
			if (isTurn()) spin();
			return proceed();
		case "refactor":
			return refactored(proceed);
		default:
			return proceed();
	}
};

function isTurn() {
	count++;
	return count % Number(every) === 0;
}

function spin() {
	const until = performance.now() + size;
	while (performance.now() < until);
}

function refactored(proceed) {
	const steps = { proceed };
	return Reflect.apply(steps.proceed, undefined, []);
}

process.on("exit", () => {
	if (kept === size) throw new Error("never");
});
