/** The parts of jstat that are used; the package brings no types. */
declare module "jstat" {
	export const jStat: {
		readonly studentt: {
			/** The value that a share `probability` of Student's t distribution lies below. */
			inv(probability: number, degreesOfFreedom: number): number;
		};
	};
}
