/** What a process and everything below it take of memory while they live, by /proc. */
import { processTree, readText } from "#src/process/process-table.js";
import { sumOf } from "../bench/figures.js";
import { type Peak, type Role, roles } from "./results.js";

interface Memory {
	readonly residentBytes: number;
	/** Without pages of files. */
	readonly ownBytes: number;
}

/** Looks at the tool and its processes again and again, and does `alsoDo` each time, until it is told to stop. */
export function watchMemory(root: number, everyMs: number, alsoDo: () => void): { stop(): Peak } {
	const knownRoles = new Map<number, Role>();
	const peak: Peak = {
		processes: 0,
		targets: 0,
		residentBytes: 0,
		sharedOnceBytes: 0,
		ownBytesByRole: {},
		looks: 0,
	};
	const look = (): void => {
		const found = processTree(root).flatMap((pid) => {
			const memory = memoryOf(pid);
			if (memory === null) return [];
			// A process is born with the command line of its parent.
			const known = knownRoles.get(pid) ?? "tool";
			const role = known === "tool" ? roleOf(pid, root) : known;
			knownRoles.set(pid, role);
			return [{ role, ...memory }];
		});
		if (found.length > 0) raise(peak, found);
	};
	const timer = setInterval(() => {
		look();
		alsoDo();
	}, everyMs);
	return {
		stop() {
			clearInterval(timer);
			return peak;
		},
	};
}

function raise(peak: Peak, found: readonly (Memory & { readonly role: Role })[]): void {
	const own = ({ ownBytes }: Memory): number => ownBytes;
	const ofFiles = Math.max(...found.map(({ residentBytes, ownBytes }) => residentBytes - ownBytes));
	peak.looks++;
	peak.processes = Math.max(peak.processes, found.length);
	peak.targets = Math.max(peak.targets, found.filter(({ role }) => role === "target").length);
	peak.residentBytes = Math.max(
		peak.residentBytes,
		sumOf(found, ({ residentBytes }) => residentBytes),
	);
	peak.sharedOnceBytes = Math.max(peak.sharedOnceBytes, sumOf(found, own) + ofFiles);
	for (const role of roles) {
		const ofRole = found.filter((each) => each.role === role);
		if (ofRole.length > 0) {
			peak.ownBytesByRole[role] = Math.max(peak.ownBytesByRole[role] ?? 0, sumOf(ofRole, own));
		}
	}
}

/** Null where the process is gone, or has ended and only waits for its parent. */
function memoryOf(pid: number): Memory | null {
	const status = readText(`/proc/${pid}/status`) ?? "";
	const [residentBytes, ownBytes] = ["VmRSS", "RssAnon"].map((field) => {
		const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1];
		return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
	});
	return residentBytes === undefined || ownBytes === undefined ? null : { residentBytes, ownBytes };
}

function roleOf(pid: number, root: number): Role {
	const line = pid === root ? "" : (readText(`/proc/${pid}/cmdline`) ?? "");
	if (line.includes("matrix-bench/app.cjs") && !line.includes("cli.js")) return "target";
	if (line.includes("/load/generator")) return "generator";
	if (line.includes("/process/warden")) return "warden";
	return "tool";
}
