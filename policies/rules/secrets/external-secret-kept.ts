import { notKnown, system } from "../../engine/example";
import type { ExternalSecret } from "../../engine/external-secrets";
import { externalSecrets } from "../../engine/external-secrets";
import type { ExampleResource, Violation } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

const secret = (spec: object): ExampleResource[] => [
  {
    type: "kubernetes:external-secrets.io/v1:ExternalSecret",
    name: "db",
    props: {
      metadata: { name: "db", namespace: "shop" },
      spec: { secretStoreRef: { name: "platform" }, target: { name: "db" }, ...spec },
    },
  },
];

export const externalSecretKept = defineRule<ExternalSecret>({
  id: "GL-SEC-02",
  slug: "external-secret-kept",
  title: "A Secret stays when its source is gone for a while, and names what it takes.",
  why: "A source that answers with nothing must not take the running system's passwords away; a search takes whatever fits tomorrow.",
  fix: "Leave deletionPolicy at Retain, and list keys under data instead of dataFrom.find.",
  severity: "medium",
  requirements: ["S-151", "S-165"],
  items: ["D.1.2", "F.1"],
  mappings: ["NIST:IA-5", "NIST:CP-10"],
  scope: "resource",
  inspects: "external secret",
  subjects: externalSecrets("ExternalSecret"),
  check: ({ spec = {} }) => {
    const found: Violation[] = [];
    if ((spec.target?.deletionPolicy ?? "Retain") !== "Retain")
      found.push({ path: "spec.target.deletionPolicy", found: "not Retain", needed: "Retain" });
    for (const [index, from] of (spec.dataFrom ?? []).entries())
      if (from.find !== undefined)
        found.push({ path: `spec.dataFrom[${index}].find`, found: "a search", needed: "keys by name" });
    return found;
  },
  examples: () => [
    { name: "kept, by default", given: secret({}), want: "met" },
    {
      name: "generated",
      given: secret({ dataFrom: [{ sourceRef: { generatorRef: { kind: "Password", name: "db" } } }] }),
      want: "met",
    },
    {
      name: "taken away",
      given: secret({ target: { name: "db", deletionPolicy: "Delete" } }),
      want: "not met",
      says: "deletionPolicy",
    },
    {
      name: "found by a search",
      given: secret({ dataFrom: [{ find: { name: { regexp: ".*" } } }] }),
      want: "not met",
      says: "a search",
    },
    { name: "no external secret", given: system(), want: "not applicable" },
    { name: "not known yet", given: secret({ target: notKnown.object }), want: "unverifiable" },
  ],
});
