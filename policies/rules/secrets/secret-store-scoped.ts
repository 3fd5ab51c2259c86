import { notKnown, system } from "../../engine/example";
import type { ExternalSecret } from "../../engine/external-secrets";
import { externalSecrets } from "../../engine/external-secrets";
import type { ExampleResource } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

const store = (conditions: unknown): ExampleResource[] => [
  {
    type: "kubernetes:external-secrets.io/v1:ClusterSecretStore",
    name: "platform",
    props: { metadata: { name: "platform" }, spec: { provider: { aws: {} }, conditions } },
  },
];

export const secretStoreScoped = defineRule<ExternalSecret>({
  id: "GL-SEC-03",
  slug: "secret-store-scoped",
  title: "A cluster-wide secret store answers named namespaces only.",
  why: "Whoever can make an ExternalSecret anywhere reads every secret of a store that asks nobody.",
  fix: "List the namespaces under spec.conditions.",
  severity: "high",
  requirements: ["S-151", "S-165"],
  items: ["D.1.2", "F.1"],
  mappings: ["NIST:AC-6", "NIST:IA-5"],
  scope: "resource",
  inspects: "secret store",
  subjects: externalSecrets("ClusterSecretStore"),
  check: ({ spec = {} }) => {
    const conditions = spec.conditions ?? [];
    const isNamed = (one: (typeof conditions)[number]) =>
      (one.namespaces ?? []).length > 0 || Object.keys(one.namespaceSelector ?? {}).length > 0;
    return conditions.length > 0 && conditions.every(isNamed)
      ? []
      : [{ path: "spec.conditions", found: "open to every namespace", needed: "namespaces by name or label" }];
  },
  examples: () => [
    { name: "by name", given: store([{ namespaces: ["shop"] }]), want: "met" },
    { name: "open", given: store(undefined), want: "not met", says: "open to every namespace" },
    { name: "a condition that asks nothing", given: store([{}]), want: "not met" },
    { name: "no store", given: system(), want: "not applicable" },
    { name: "not known yet", given: store(notKnown.array), want: "unverifiable" },
  ],
});
