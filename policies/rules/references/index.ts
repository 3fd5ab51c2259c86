/** Rules of this area; a new rule is one file and one line here. */
export * from "./accounts-and-classes-exist";
export * from "./autoscaler-target-and-bounds";
export * from "./names-unique";
export * from "./no-orphaned-selector";
export * from "./route-backend-exists";
export * from "./secret-references-exist";
export * from "./selector-matches-template";
export * from "./service-port-exists";
export * from "./service-selector-matches";
