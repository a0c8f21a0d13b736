/** What is sent, before it is written as bytes. */
export interface HttpRequest {
	readonly method: string;
	/** Begins with "/". */
	readonly path: string;
	/** Names and values in turn. */
	readonly headers: readonly string[];
	readonly body: Buffer | null;
}

/** A client's requests: always the same object, unless placeholders make every one different. */
export type NextRequest = () => HttpRequest;

/** The headers whose names pass. */
export function headersWhere(headers: readonly string[], isWanted: (lowerName: string) => boolean): string[] {
	const wanted: string[] = [];
	for (let i = 0; i < headers.length; i += 2) {
		const [name, value] = [headers[i] as string, headers[i + 1] as string];
		if (isWanted(name.toLowerCase())) wanted.push(name, value);
	}
	return wanted;
}

/** The same requests with one header more, unless they have it. */
export function withHeader(next: NextRequest, name: string, value: string): NextRequest {
	let last: HttpRequest | null = null;
	let filled: HttpRequest | null = null;
	return () => {
		const request = next();
		// Where there are no placeholders it is the same object every time.
		if (request !== last || filled === null) {
			const { headers } = request;
			const isThere = headersWhere(headers, (lowerName) => lowerName === name).length > 0;
			filled = isThere ? request : { ...request, headers: [...headers, name, value] };
			last = request;
		}
		return filled;
	};
}
