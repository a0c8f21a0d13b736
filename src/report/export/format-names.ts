/** Formats that other tools read. */
export const formatNames = [
	"cpuprofile",
	"heapprofile",
	"folded",
	"pprof",
	"speedscope",
	"hgrm",
	"hlog",
	"markdown",
	"csv",
] as const;
export type FormatName = (typeof formatNames)[number];
