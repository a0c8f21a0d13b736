/** Of run.json (docs/run-record.md); without the schema, as whoever lists runs asks for no more. */
export const RUN_RECORD_FORMAT = "az-prof-run";
export const RUN_RECORD_VERSION = 2;
