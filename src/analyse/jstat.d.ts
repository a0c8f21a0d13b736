/** The parts of jstat that are used; the package brings no types. */
declare module "jstat" {
	const jstat: { readonly jStat: JStat };
	export default jstat;

	export interface JStat {
		readonly studentt: {
			/** The value that a share `probability` of Student's t distribution lies below. */
			inv(probability: number, degreesOfFreedom: number): number;
		};
		readonly normal: {
			inv(probability: number, mean: number, sd: number): number;
		};
	}
}
