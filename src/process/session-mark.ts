/** Environment variable that every process we start inherits; its value names the session that started it. */
export const SESSION_MARK = "AZ_PROF_SESSION";
