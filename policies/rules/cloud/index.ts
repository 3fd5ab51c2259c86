/** Rules of this area; a new rule is one file and one line here. */
export * from "./bucket-guarded";
export * from "./cloud-rights-least";
export * from "./cluster-closed";
