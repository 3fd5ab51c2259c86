/** Rules of this area; a new rule is one file and one line here. */
export * from "./budget-lets-go-of-broken";
export * from "./disruption-budget";
export * from "./graceful-end";
export * from "./not-pinned-to-a-node";
export * from "./prioritised";
export * from "./probes";
export * from "./queue-scaling-bounded";
export * from "./replicas";
export * from "./scale-down-waits";
export * from "./zone-spread";
