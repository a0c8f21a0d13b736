import type { Session } from "node:inspector";

/** Asks an inspector session of this process. @throws Error with V8's own words when it refuses */
export function post<Result>(session: Session, method: string, params: object = {}): Promise<Result> {
	return new Promise((resolve, reject) => {
		session.post(method, params, (error, result) => (error ? reject(error) : resolve(result as Result)));
	});
}
