import type { ClientShared } from "#src/load/clients/client.js";
import { ConnectedClient } from "#src/load/clients/connected-client.js";
import type { NextRequest } from "#src/load/requests/request.js";
import type { RequestSource } from "#src/load/requests/request-source.js";

/** Requests whose answers are only timed and counted: an attempt is one of them and its whole answer. */
export class HttpClient extends ConnectedClient {
	readonly #nextRequest: NextRequest;

	constructor(shared: ClientShared, requests: RequestSource) {
		super(shared);
		this.#nextRequest = requests.forNextClient();
	}

	protected override ask(): void {
		this.send(this.#nextRequest());
	}

	override onAnswer(now: number): void {
		this.succeeded();
		this.expire(now);
		const { sentAt } = this;
		// It came after its deadline.
		if (sentAt === 0) return;
		const { recording, expects } = this.shared;
		const { status, bodyBytes } = this.connection.answer;
		const serviceNs = Math.round((now - sentAt) * 1e6);
		const isExpected = expects(status);
		if (isExpected) recording.ok(now, serviceNs, bodyBytes);
		else recording.unexpected(now, serviceNs, bodyBytes, status);
		this.end(now, isExpected);
		this.beginNext(now);
	}
}
