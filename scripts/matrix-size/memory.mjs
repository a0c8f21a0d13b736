/** What a process and everything below it take of memory while they live, by /proc. */
import { readFileSync } from "node:fs";
import { processTree } from "#src/process/process-table.js";

/** @typedef {"tool" | "generator" | "warden" | "target"} Role */

/**
 * Looks at the processes again and again until it is told to stop. The largest figures stay, each by itself.
 * @param {number} root the tool's pid
 * @param {number} everyMs
 * @param {() => void} alsoDo at every look
 */
export function watchMemory(root, everyMs, alsoDo) {
	const roles = new Map();
	const peak = { processes: 0, targets: 0, residentBytes: 0, sharedOnceBytes: 0, ownBytesByRole: {} };
	let looks = 0;
	const look = () => {
		const found = processTree(root).flatMap((pid) => {
			const memory = memoryOf(pid);
			if (memory === null) return [];
			// A process is born with the command line of its parent.
			if (roles.get(pid) === undefined || roles.get(pid) === "tool") roles.set(pid, roleOf(pid, root));
			return [{ role: roles.get(pid), ...memory }];
		});
		if (found.length === 0) return;
		looks++;
		peak.processes = Math.max(peak.processes, found.length);
		peak.targets = Math.max(peak.targets, found.filter(({ role }) => role === "target").length);
		peak.residentBytes = Math.max(peak.residentBytes, sum(found, "residentBytes"));
		// Pages of files are those of Node itself, the same in all of them.
		const ofFiles = Math.max(...found.map(({ residentBytes, ownBytes }) => residentBytes - ownBytes));
		peak.sharedOnceBytes = Math.max(peak.sharedOnceBytes, sum(found, "ownBytes") + ofFiles);
		for (const role of new Set(found.map((each) => each.role))) {
			const ofRole = sum(
				found.filter((each) => each.role === role),
				"ownBytes",
			);
			peak.ownBytesByRole[role] = Math.max(peak.ownBytesByRole[role] ?? 0, ofRole);
		}
	};
	const timer = setInterval(() => {
		look();
		alsoDo();
	}, everyMs);
	return {
		stop() {
			clearInterval(timer);
			return { ...peak, looks };
		},
	};
}

/** null: the process is gone, or has ended and only waits for its parent. */
function memoryOf(pid) {
	const status = read(`/proc/${pid}/status`);
	const bytes = (field) => {
		const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1];
		return kibibytes === undefined ? null : Number(kibibytes) * 1024;
	};
	const residentBytes = bytes("VmRSS");
	const ownBytes = bytes("RssAnon");
	return residentBytes === null || ownBytes === null ? null : { residentBytes, ownBytes };
}

/** @returns {Role} */
function roleOf(pid, root) {
	if (pid === root) return "tool";
	const line = read(`/proc/${pid}/cmdline`);
	if (line.includes("matrix-bench/app.cjs") && !line.includes("cli.js")) return "target";
	if (line.includes("/load/generator")) return "generator";
	if (line.includes("/process/warden")) return "warden";
	return "tool";
}

function read(file) {
	try {
		return readFileSync(file, "latin1");
	} catch {
		return "";
	}
}

const sum = (list, field) => list.reduce((total, each) => total + each[field], 0);
