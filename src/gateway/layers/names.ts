/** Every layer, from the outermost in; a layer's file and its plugin carry the same name. */
export const layerNames = [
	"hsts",
	"cors",
	"rate-limit",
	"body-limit",
	"request-metrics",
	"correlation-id",
	"security-headers",
	"logger",
	"auth",
	"compress",
	"under-pressure",
] as const;

export type LayerName = (typeof layerNames)[number];
