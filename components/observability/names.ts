/** The namespace of everything that watches; services' own policies let it in by this name. */
export const monitoringNamespace = "monitoring";
