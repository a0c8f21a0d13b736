/** A text that holds something. */
export const filledText = { type: "string", minLength: 1, pattern: "\\S" };

/** The body `{"message":"…"}`. */
export const messageBody = {
	type: "object",
	required: ["message"],
	properties: { message: filledText },
};
