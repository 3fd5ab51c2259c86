/** Rules of this area; a new rule is one file and one line here. */
export * from "./external-secret-fresh";
export * from "./external-secret-kept";
export * from "./no-plain-secret";
export * from "./no-secret-in-env";
export * from "./no-standing-token";
export * from "./secret-store-scoped";
