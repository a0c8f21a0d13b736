import type { Command } from "commander";
import { doctorCollectors, loadCollectors, loadNamedCollectors } from "#src/collect/registry.js";
import { measuringParts } from "./measuring-parts.js";
import { parseList } from "./parse.js";
import { parseCollectors } from "./parse-collectors.js";
import { DEFAULT_ENDPOINT, profiledEndpoint } from "./profiled-endpoint.js";
import { addRunOptions, planWindows, type RunOptions } from "./run-options.js";
import type { ShowOptions } from "./show-run.js";
import type { CommandContext, ExitCode } from "./terminal.js";

interface DoctorOptions extends RunOptions, Pick<ShowOptions, "markdown"> {
	readonly with?: string;
}

const DEFAULTS = { duration: "5s", warmup: "1500ms" } as const;
const NONE = "none";

export function defineDoctor(command: Command): Command {
	return addRunOptions(
		command
			.description(
				"Is it CPU, event loop, garbage collection or I/O? A clean load during which the target's event loop, collector, CPU\nand resources are read from the inside; beside it clinic doctor's verdict on the same load.",
			)
			.argument("[endpoint]", `/path or METHOD:/path (default: ${DEFAULT_ENDPOINT} of the reference gateway)`)
			.option(
				"--with <collectors>",
				`${doctorCollectors.join(", ")}, or ${NONE} (default: clinic-doctor where clinic is installed)`,
			)
			.option("--markdown [file]", "Markdown instead of tables; with a file, appended to it"),
		DEFAULTS,
	);
}

export async function runDoctor(
	[endpoint]: readonly string[],
	options: DoctorOptions,
	context: CommandContext,
): Promise<ExitCode> {
	const plan = await planWindows(options, context, DEFAULTS);
	const request = await profiledEndpoint(endpoint, "doctor", options, plan, context);
	const collectors = await chosenCollectors(options.with);
	const { investigateDoctor, realWorld, showOutcome } = await measuringParts(import("#src/investigate/doctor.js"));
	return showOutcome(await investigateDoctor({ ...plan, endpoint: request, collectors }, realWorld), options, context);
}

async function chosenCollectors(text: string | undefined): ReturnType<typeof loadCollectors> {
	if (text === undefined) {
		const [clinic] = await loadCollectors(["clinic-doctor"]);
		return clinic === undefined || (await clinic.unavailable()) !== null ? [] : [clinic];
	}
	if (parseList(text).join() === NONE) return [];
	return loadNamedCollectors(
		parseCollectors(text, doctorCollectors, {
			refusal: (name) => `doctor does not take the collector "${name}"`,
			takes: `${doctorCollectors.join(", ")}, or ${NONE}`,
		}),
	);
}
