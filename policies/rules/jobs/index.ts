/** Rules of this area; a new rule is one file and one line here. */
export * from "./job-bounded";
export * from "./schedule-bounded";
