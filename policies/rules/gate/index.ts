/** Rules of this area; a new rule is one file and one line here. */
export * from "./target-of-the-run";
