import type { WindowRecording } from "#src/load/window/window-recording.js";

/** A load that flows from open() to stop(), whether it is a closed loop or an open one. */
export interface Loop {
	readonly recording: WindowRecording;
	/**
	 * Resolves when the load flows: connections are open or have failed, at the latest after the time-out. Rejects with
	 * LoadFailed.
	 */
	open(): Promise<void>;
	stop(): Promise<void>;
}
