/** Rules of this area; a new rule is one file and one line here. */
export * from "./namespace-bounded";
export * from "./quota-holds-the-ceiling";
export * from "./requests-and-limits";
export * from "./scratch-bounded";
