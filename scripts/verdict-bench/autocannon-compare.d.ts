declare module "autocannon-compare" {
	import type { Result } from "autocannon";

	interface Difference {
		/** Of the first against the second: "-12.75%". */
		readonly difference: string;
	}

	/** What the package says of two results; it holds the first against the second. */
	function compare(
		first: Result,
		second: Result,
	): {
		readonly equal: boolean;
		readonly bWins: boolean;
		readonly throughput: Difference;
		readonly latency: Difference;
	};
	export default compare;
}
