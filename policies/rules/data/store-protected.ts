import { notKnown } from "../../engine/example";
import { store } from "../../engine/example-stores";
import { defineRule } from "../../engine/rule";
import type { Store } from "../../engine/stores";
import { stores } from "../../engine/stores";

const unprotected = (kind: Parameters<typeof store>[0]) => {
  const [first, ...rest] = store(kind);
  return [{ ...first!, protect: false }, ...rest];
};

export const storeProtected = defineRule<Store>({
  id: "GL-DATA-01",
  slug: "store-protected",
  title: "Every store is protected from deletion.",
  why: "One renamed resource deletes the old one, and with an operator's cluster its volumes.",
  fix: "Give the resource `protect: true`, and `retainOnDelete: true` where the volumes should outlive it too.",
  severity: "critical",
  requirements: ["S-128", "S-170"],
  items: ["A.3.3", "F.6"],
  mappings: ["NIST:CP-9", "ISO:8.13"],
  scope: "stack",
  inspects: "store",
  subjects: stores,
  check: (value, _context, { resource }) => {
    // The name is read, so that an object nobody can see is not passed.
    void value.metadata.name;
    if (resource.protect === undefined) return { notApplicable: "a plain manifest has no engine to protect it" };
    return resource.protect
      ? []
      : [{ path: "", found: "not protected from deletion", needed: "the engine's `protect` option" }];
  },
  examples: () => [
    { name: "a protected cluster", given: store("postgres"), want: "met" },
    { name: "protected volumes", given: store("volumes"), want: "met" },
    { name: "an open cluster", given: unprotected("postgres"), want: "not met", says: "not protected from deletion" },
    { name: "open volumes", given: unprotected("volumes"), want: "not met" },
    { name: "not known yet", given: store("postgres", ["Cluster", "metadata", notKnown.object]), want: "unverifiable" },
  ],
});
