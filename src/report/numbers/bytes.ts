import { formatCount, formatSignificant, withSign } from "./format.js";

/** In binary units: 512 B, 1.20 KiB, 15.6 GiB. */
export function formatBytes(bytes: number): string {
	const units = ["B", "KiB", "MiB", "GiB", "TiB"];
	let value = bytes;
	let unit = 0;
	while (value >= 1000 && unit < units.length - 1) {
		value /= 1024;
		unit++;
	}
	return unit === 0 ? `${Math.round(value)} B` : `${formatSignificant(value)} ${units[unit]}`;
}

/** With their sign: +1.20 KiB, −340 B. */
export const formatSignedBytes = (bytes: number): string => withSign(bytes, formatBytes);

/** Each of them: 1,043 bytes. */
export const formatByteCount = (bytes: number): string => `${formatCount(bytes)} bytes`;
