const labels = new Map([["v8", "V8"]]);

/** How a collector is called in headings; its name where nothing better is known. */
export const collectorLabel = (collector: string): string => labels.get(collector) ?? collector;
