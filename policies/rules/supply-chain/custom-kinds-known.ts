import { notKnown, system } from "../../engine/example";
import { readAll } from "../../engine/kubernetes";
import type { Resource } from "../../engine/resource";
import type { ExampleResource, Subject, Violation } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

/** Versions that the operators we know serve now, by group; from their own definitions (components/versions.json). */
const served: Record<string, string[]> = {
  "cert-manager.io": ["v1"],
  "trust.cert-manager.io": ["v1alpha1"],
  "external-secrets.io": ["v1", "v1alpha1"],
  "generators.external-secrets.io": ["v1alpha1"],
  "postgresql.cnpg.io": ["v1"],
  "barmancloud.cnpg.io": ["v1"],
  "psmdb.percona.com": ["v1"],
  "monitoring.coreos.com": ["v1", "v1alpha1"],
  "gateway.networking.k8s.io": ["v1", "v1beta1"],
  "gateway.envoyproxy.io": ["v1alpha1"],
  "argoproj.io": ["v1alpha1"],
  "keda.sh": ["v1alpha1"],
  "velero.io": ["v1"],
};

/** What an object of a custom kind may hold at its root; anything else is dropped by the API server without a word. */
const rootKeys = ["apiVersion", "kind", "metadata", "spec", "status"];

type CustomObject = Record<string, unknown> & { apiVersion?: string };

function customs(resource: Resource): Subject<CustomObject>[] {
  if (resource.group === undefined || !Object.hasOwn(served, resource.group)) return [];
  return [{ resource, path: "", read: () => readAll<CustomObject>(resource) }];
}

const issuer = (version: string, more: object = {}): ExampleResource[] => [
  ...system(),
  {
    type: `kubernetes:cert-manager.io/${version}:Issuer`,
    name: "own",
    props: {
      apiVersion: `cert-manager.io/${version}`,
      kind: "Issuer",
      metadata: { name: "own", namespace: "shop" },
      spec: { selfSigned: {} },
      ...more,
    },
  },
];

export const customKindsKnown = defineRule<CustomObject>({
  id: "GL-SUP-02",
  slug: "custom-kinds-known",
  title: "Custom resources are of versions their operators serve, and hold nothing that is dropped.",
  why: "A version that is gone fails in the middle of the deployment; a misplaced field is dropped in silence, and the setting with it.",
  fix: "Use the version that components/versions.json names, and put settings below spec.",
  severity: "high",
  requirements: ["S-150"],
  items: ["D.1.1"],
  mappings: ["NIST:CM-2", "NIST:CM-6"],
  scope: "resource",
  inspects: "custom resource",
  subjects: customs,
  check: (object, _context, { resource }) => {
    const found: Violation[] = [];
    const version = /\/([^/:]+):\w+$/.exec(resource.type)![1]!;
    const good = served[resource.group!]!;
    if (!good.includes(version))
      found.push({ path: "apiVersion", found: "a version that is not served", needed: good.join(" or ") });
    if (object.apiVersion !== undefined && object.apiVersion !== `${resource.group}/${version}`)
      found.push({ path: "apiVersion", found: "another than its type says", needed: "the type's own" });
    // The engine's own keys begin with two underscores.
    for (const key of Object.keys(object).filter(one => !rootKeys.includes(one) && !one.startsWith("__")))
      found.push({ path: key, found: "where nothing is read", needed: `one of ${rootKeys.slice(2, 4).join(", ")}` });
    if (object.spec === undefined) found.push({ path: "spec", value: undefined, needed: "a spec" });
    return found;
  },
  examples: () => [
    { name: "a version that is served", given: issuer("v1"), want: "met" },
    {
      name: "a version that is gone",
      given: issuer("v1alpha2"),
      want: "not met",
      says: "a version that is not served",
    },
    {
      name: "a setting in the wrong place",
      given: issuer("v1", { selfSigned: {} }),
      want: "not met",
      says: "where nothing is read",
    },
    { name: "no spec", given: issuer("v1", { spec: undefined }), want: "not met", says: "spec is missing" },
    { name: "no custom kind", given: system(), want: "not applicable" },
    { name: "not known yet", given: issuer("v1", { apiVersion: notKnown.string }), want: "unverifiable" },
  ],
});
