import { failingProvider } from "./failing.js";
import { latencyProvider } from "./latency.js";
import type { Provider } from "./provider.js";
import type { ProviderSettings } from "./settings.js";
import { staticProvider } from "./static.js";

export function chosenProvider(settings: ProviderSettings): Provider {
	switch (settings.kind) {
		case "static":
			return staticProvider(settings);
		case "latency":
			return latencyProvider(settings);
		case "failing":
			return failingProvider(settings);
	}
}
