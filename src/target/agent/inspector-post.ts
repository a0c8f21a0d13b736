import type { Session } from "node:inspector";

/** Asks an inspector session of this isolate. @throws Error with V8's own words when it refuses */
export function post<Result>(session: Session, method: string, params: object = {}): Promise<Result> {
	return new Promise((resolve, reject) => {
		session.post(method, params, (error, result) => (error ? reject(error) : resolve(result as Result)));
	});
}

/** The same for what V8 answers while it is asked, as it does within its own thread. @throws Error also where it does not */
export function answerOf<Result>(session: Session, method: string, params: object = {}): Result {
	let answer: { readonly error: Error | null; readonly result: unknown } | undefined;
	session.post(method, params, (error, result) => {
		answer = { error, result };
	});
	if (answer === undefined) throw new Error(`${method} is not answered at once`);
	if (answer.error !== null) throw answer.error;
	return answer.result as Result;
}
