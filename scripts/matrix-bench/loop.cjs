// Work of a known length: its time is a constant times its rounds. Bitwise operations on whole numbers only: where an
// addition may overflow, V8 takes the sum for a floating-point number in some processes and not in others, and a round
// costs 1.3 or 6 ns.
let state = 1;

exports.burn = function burn(rounds) {
	let value = state | 0;
	for (let round = 0; round < rounds; round++) {
		value ^= value << 13;
		value ^= value >>> 17;
		value ^= value << 5;
	}
	state = value;
};
