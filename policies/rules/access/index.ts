/** Rules of this area; a new rule is one file and one line here. */
export * from "./no-rights-for-everybody";
export * from "./own-service-account";
export * from "./roles-least-privilege";
export * from "./service-account-token-off";
