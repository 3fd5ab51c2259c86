import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("aws:lb/loadBalancer:LoadBalancer", {
  loadBalancerType: "application",
  enableDeletionProtection: true,
  accessLogs: { enabled: true, bucket: "logs" },
  dropInvalidHeaderFields: true,
});

export const balancerKept = demandRule({
  id: "GL-AWS-18",
  slug: "balancer-kept",
  title: "Load balancers of the cloud refuse to be deleted, log, and drop malformed headers.",
  why: "Its name is in the DNS of customers; its logs are the only ones from outside the cluster.",
  fix: "Set enableDeletionProtection, accessLogs.enabled and dropInvalidHeaderFields to true.",
  severity: "medium",
  requirements: ["S-145", "S-167"],
  items: ["C.2.2", "F.3"],
  mappings: ["NIST:AU-12", "NIST:CM-3", "CKV_AWS_91", "CKV_AWS_131", "CKV_AWS_150"],
  inspects: "load balancer",

  demand: {
    types: ["aws:lb/loadBalancer:LoadBalancer"],
    clauses: [
      { of: "object", path: "enableDeletionProtection", required: true, want: { oneOf: [true] }, needed: "true" },
      { of: "object", path: "accessLogs.enabled", required: true, want: { oneOf: [true] }, needed: "true" },
      {
        of: "object",
        path: "dropInvalidHeaderFields",
        required: true,
        when: { path: "loadBalancerType", is: "application" },
        want: { oneOf: [true] },
        needed: "true",
      },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["LoadBalancer", "enableDeletionProtection"],
      { notMet: [[undefined, "enableDeletionProtection is missing"]], unverifiable: [notKnown.boolean] },
      given,
    ),
    ...valuesAt(
      ["LoadBalancer", "accessLogs"],
      { notMet: [[undefined, "accessLogs.enabled is missing; need true"]] },
      given,
    ),
    ...valuesAt(
      ["LoadBalancer", "dropInvalidHeaderFields"],
      { notMet: [[false, "dropInvalidHeaderFields is false"]] },
      given,
    ),
    noneOfIt,
  ],
});
