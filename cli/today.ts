/** The day in UTC, `YYYY-MM-DD`; `GREENLIGHT_TODAY` sets it for tests. */
export const today = (): string => process.env.GREENLIGHT_TODAY ?? new Date().toISOString().slice(0, 10);
