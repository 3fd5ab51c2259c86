import { UNKNOWN } from "../../../model/unknown";
import { alone, noneOfIt, notKnown, system } from "../../engine/example";
import { reading } from "../../engine/reading";
import type { Resource } from "../../engine/resource";
import type { Subject } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

/** Groups that are Kubernetes' own: their trial versions vanish with an upgrade. Others keep versions of their own. */
const isBuiltIn = (group: string) => !group.includes(".") || group.endsWith(".k8s.io");

/** Built-in groups whose releases are apart from Kubernetes', and which are used in their trial versions. */
const apart = new Set(["gateway.networking.k8s.io", "snapshot.storage.k8s.io", "metrics.k8s.io"]);

function versions(resource: Resource): Subject<string>[] {
  const { group, type } = resource;
  if (group === undefined || !isBuiltIn(group) || apart.has(group)) return [];
  const version = /\/(v\w+):/.exec(type)?.[1];
  if (version === undefined) return [];
  // Items of a list that is not known yet may be of any version.
  const read = () => (resource.props.items === UNKNOWN ? reading<never>(UNKNOWN, "items") : version);
  return [{ resource, path: "apiVersion", read }];
}

export const apiVersionsCurrent = defineRule<string>({
  id: "GL-SUP-05",
  slug: "api-versions-current",
  title: "Objects are written in versions of the API that stay.",
  why: "A trial version is gone after an upgrade, and with it the next deployment of everything that uses it.",
  fix: "Write the object in the version without alpha or beta in its name.",
  severity: "medium",
  requirements: ["S-150"],
  items: ["D.1.1"],
  mappings: ["NIST:SI-2", "NIST:SA-22"],
  scope: "resource",
  inspects: "object",
  showable: ["apiVersion"],
  subjects: versions,
  check: value => (/alpha|beta/.test(value) ? [{ path: "", value, needed: "a version that stays" }] : []),
  weaken: (subject, all) =>
    all.map(one => (one === subject ? { ...subject, type: subject.type.replace(/\/v\w+:/, "/v1beta1:") } : one)),
  examples: () => [
    { name: "apps/v1", given: system(), want: "met" },
    {
      name: "policy/v1beta1",
      given: alone("kubernetes:policy/v1beta1:PodDisruptionBudget", { metadata: { name: "api", namespace: "shop" } }),
      want: "not met",
      says: 'apiVersion is "v1beta1"; need a version that stays',
    },
    {
      name: "not known yet",
      given: alone("kubernetes:core/v1:PodList", { items: notKnown.array }),
      want: "unverifiable",
    },
    {
      name: "somebody else's beta",
      given: alone("kubernetes:keda.sh/v1alpha1:ScaledObject", { metadata: { name: "api", namespace: "shop" } }),
      want: "not applicable",
    },
    { ...noneOfIt, given: [] },
  ],
});
