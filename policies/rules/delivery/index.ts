/** Rules of this area; a new rule is one file and one line here. */
export * from "./release-gradual";
export * from "./release-measured";
export * from "./rollback-kept";
export * from "./rolls-without-a-gap";
export * from "./stateful-rolls";
