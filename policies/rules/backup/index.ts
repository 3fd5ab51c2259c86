/** Rules of this area; a new rule is one file and one line here. */
export * from "./backup-off-site";
export * from "./backup-retention";
export * from "./backup-scheduled";
export * from "./log-shipped";
export * from "./object-copy-kept";
export * from "./restore-drill-scheduled";
export * from "./rpo-attainable";
export * from "./rto-attainable";
