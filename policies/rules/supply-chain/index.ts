/** Rules of this area; a new rule is one file and one line here. */
export * from "./api-versions-current";
export * from "./charts-rendered";
export * from "./custom-kinds-known";
export * from "./image-by-digest";
export * from "./image-can-be-pulled";
export * from "./no-opaque-release";
export * from "./webhook-bounded";
