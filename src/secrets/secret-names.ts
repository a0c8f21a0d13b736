/** What stands in the place of a secret. */
export const REPLACEMENT = "[secret]";

/** What names tell of the values that stand beside them: in headers, queries, bodies, environments and options. */

const SECRET_WORDS =
	/token|secret|passw|passphrase|pwd|key|auth(?!or(?!i))|cookie|session|signature|credential|bearer|(?:^|[-_.])(?:pass|pw|sig|otp|jwt)$/i;

/** "PASSWORD", "x-vault-token", "access_token": what stands there is to be kept from every record, page and message. */
export const namesSecret = (name: string): boolean => SECRET_WORDS.test(name);

/** Headers of which it is known that their values are no secrets; those of all others may be. */
const harmlessHeaders: ReadonlySet<string> = new Set([
	"accept",
	"accept-charset",
	"accept-encoding",
	"accept-language",
	"cache-control",
	"connection",
	"content-encoding",
	"content-language",
	"content-length",
	"content-type",
	"date",
	"expect",
	"host",
	"if-match",
	"if-modified-since",
	"if-none-match",
	"if-unmodified-since",
	"origin",
	"pragma",
	"prefer",
	"priority",
	"range",
	"te",
	"upgrade",
	"user-agent",
	"x-correlation-id",
	"x-forwarded-for",
	"x-forwarded-host",
	"x-forwarded-port",
	"x-forwarded-proto",
	"x-request-id",
	"x-requested-with",
]);

export const isHarmlessHeader = (name: string): boolean => harmlessHeaders.has(name.trim().toLowerCase());

/** Values that switch something on or off, or only refer to a secret: they tell nothing, and a record without them could not be read. */
const TELLS_NOTHING =
	/^(?:|\d{1,2}|true|false|on|off|yes|no|none|null|undefined|enabled|disabled|\{\{\w+\}\}|\$\w+|\$\{\w+\})$/i;

export const tellsNothing = (value: string): boolean => TELLS_NOTHING.test(value);
