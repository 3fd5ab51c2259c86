/** Rules of this area; a new rule is one file and one line here. */
export * from "./both-ends-agree";
export * from "./default-deny";
export * from "./gateway-breaks-the-circuit";
export * from "./gateway-tls-floor";
export * from "./ingress-host-named";
export * from "./no-default-namespace";
export * from "./no-direct-exposure";
export * from "./no-external-name";
export * from "./no-ingress-snippets";
export * from "./no-open-policy";
export * from "./pod-security-labels";
export * from "./route-host-named";
