import { notKnown } from "../../engine/example";
import { store } from "../../engine/example-stores";
import { defineRule } from "../../engine/rule";
import type { Store } from "../../engine/stores";
import { storesOf } from "../../engine/stores";

export const claimsRetained = defineRule<Store>({
  id: "GL-DATA-06",
  slug: "claims-retained",
  title: "Volumes outlive the set that uses them.",
  why: "A set that is deleted or scaled down by mistake comes back; its data only if the claims stayed.",
  fix: "Leave persistentVolumeClaimRetentionPolicy out, or set both sides to Retain.",
  severity: "high",
  requirements: ["S-128", "S-170"],
  items: ["A.3.3"],
  mappings: ["NIST:CP-9", "ISO:8.13"],
  scope: "resource",
  inspects: "store",
  subjects: storesOf("volumes"),
  check: ({ object }) =>
    Object.entries(object.spec?.persistentVolumeClaimRetentionPolicy ?? {})
      .filter(([, value]) => value !== "Retain")
      .map(([side]) => ({
        path: `spec.persistentVolumeClaimRetentionPolicy.${side}`,
        found: "not Retain",
        needed: "Retain",
      })),
  examples: () => [
    { name: "kept", given: store("volumes"), want: "met" },
    {
      name: "Kubernetes' own default",
      given: store("volumes", ["StatefulSet", "spec.persistentVolumeClaimRetentionPolicy", undefined]),
      want: "met",
    },
    {
      name: "gone with the set",
      given: store("volumes", ["StatefulSet", "spec.persistentVolumeClaimRetentionPolicy.whenDeleted", "Delete"]),
      want: "not met",
      says: "whenDeleted",
    },
    {
      name: "gone with the pod",
      given: store("volumes", ["StatefulSet", "spec.persistentVolumeClaimRetentionPolicy.whenScaled", "Delete"]),
      want: "not met",
    },
    { name: "no such set", given: store("postgres"), want: "not applicable" },
    {
      name: "not known yet",
      given: store("volumes", ["StatefulSet", "spec.persistentVolumeClaimRetentionPolicy", notKnown.object]),
      want: "unverifiable",
    },
  ],
});
