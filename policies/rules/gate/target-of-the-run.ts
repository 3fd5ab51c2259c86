import { unknownSentinels } from "../../../model/unknown";
import { system } from "../../engine/example";
import { readAll } from "../../engine/kubernetes";
import type { Resource } from "../../engine/resource";
import type { Subject } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

interface Provider {
  kubeconfig?: string;
  context?: string;
  cluster?: string;
}

const keys = ["kubeconfig", "context", "cluster"] as const;

/** Kubernetes providers, but for the engine's own default one where nothing is set on it. */
function providers(resource: Resource): Subject<Provider>[] {
  if (resource.type !== "pulumi:providers:kubernetes") return [];
  const isDefault = /::default(_\w+)?$/.test(resource.urn);
  if (isDefault && keys.every(key => resource.props[key] === undefined)) return [];
  return [{ resource, path: "", read: () => readAll<Provider>(resource) }];
}

const type = "pulumi:providers:kubernetes";

/** The tier follows the run's own target (KUBECONFIG); a provider that leads elsewhere would be judged by the wrong one. */
export const targetOfTheRun = defineRule<Provider>({
  id: "GL-GATE-01",
  slug: "target-of-the-run",
  title: "No provider leads past the cluster that the run is judged for.",
  why: "The tier follows the run's target: a provider with a cluster of its own could reach production under easier rules.",
  fix: "Take kubeconfig, context and cluster off the provider and choose the cluster with KUBECONFIG.",
  severity: "critical",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["NIST:CM-5"],
  scope: "resource",
  inspects: "provider",
  subjects: providers,
  check: (provider, { tier }) => {
    if (tier === "production")
      return { notApplicable: "production is judged by the strictest rules, wherever it leads" };
    const set = keys.filter(key => provider[key] !== undefined);
    return set.map(key => ({ path: key, found: "set on the provider", needed: "the run's own target" }));
  },
  judgedAt: "staging",
  examples: () => [
    {
      name: "a provider that only names a namespace",
      given: [...system(), { type, name: "own", props: { namespace: "shop" } }],
      want: "met",
    },
    {
      name: "a cluster of its own",
      given: [...system(), { type, name: "own", props: { kubeconfig: "…" } }],
      want: "not met",
      says: "kubeconfig is set on the provider",
    },
    {
      name: "another context",
      given: [...system(), { type, name: "own", props: { context: "prod" } }],
      want: "not met",
      says: "context is set",
    },
    {
      name: "not known yet",
      given: [...system(), { type, name: "own", props: { kubeconfig: unknownSentinels.string } }],
      want: "unverifiable",
    },
    { name: "no provider of its own", given: system(), want: "not applicable" },
  ],
});
