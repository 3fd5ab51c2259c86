/** Rules of this area; a new rule is one file and one line here. */
export * from "./claim-class-named";
export * from "./claims-retained";
export * from "./data-checksums";
export * from "./log-volume";
export * from "./no-forbidden-settings";
export * from "./pool-fits-the-server";
export * from "./snapshot-class-keeps";
export * from "./storage-class-safe";
export * from "./store-anti-affinity";
export * from "./store-protected";
export * from "./store-quorum";
export * from "./synchronous-replication";
