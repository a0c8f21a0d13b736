const labels: Readonly<Record<string, string>> = { v8: "V8" };

/** How a collector is called in headings; its name where nothing better is known. */
export const collectorLabel = (collector: string): string => labels[collector] ?? collector;
