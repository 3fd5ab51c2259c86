/** Rules of this area; a new rule is one file and one line here. */
export * from "./alert-actionable";
export * from "./alerting-survives";
export * from "./monitor-port-exists";
export * from "./monitoring-survives";
export * from "./promise-alerts";
export * from "./promise-on-a-dashboard";
export * from "./service-has-promise";
export * from "./service-monitored";
export * from "./store-alerts";
export * from "./traces-sent";
export * from "./promise-within-reach";
export * from "./dependency-watched";
