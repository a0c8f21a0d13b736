/** The few functions of jstat that are used; the package carries no types. */
declare module "jstat" {
	interface Distribution {
		/** Quantile function. */
		inv(p: number, ...parameters: number[]): number;
		cdf(x: number, ...parameters: number[]): number;
	}
	const jstat: { readonly studentt: Distribution; readonly normal: Distribution };
	export default jstat;
}
