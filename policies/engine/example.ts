import type { Resource } from "./resource";
import { toResources } from "./resource";
import type { Example, ExampleResource } from "./rule";

/** One sound little system, the base of every example: change one thing, and one rule must say so. */

const labels = { "app.kubernetes.io/name": "api" };
const metadata = { name: "api", namespace: "shop", labels };

const base = (): ExampleResource[] => [
  { type: "kubernetes:core/v1:Namespace", name: "shop", props: { metadata: { name: "shop" } } },
  {
    type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    name: "default-deny",
    props: {
      metadata: { name: "default-deny", namespace: "shop" },
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    },
  },
  {
    type: "kubernetes:apps/v1:Deployment",
    name: "api",
    props: {
      metadata,
      spec: {
        replicas: 3,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: "api",
            priorityClassName: "ordinary",
            automountServiceAccountToken: false,
            securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
            topologySpreadConstraints: [
              {
                topologyKey: "topology.kubernetes.io/zone",
                whenUnsatisfiable: "DoNotSchedule",
                maxSkew: 1,
                labelSelector: { matchLabels: labels },
              },
            ],
            containers: [
              {
                name: "api",
                image: `shop/api:1.0.0@sha256:${"a".repeat(64)}`,
                env: [{ name: "LOG_LEVEL", value: "info" }],
                resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "128Mi" } },
                readinessProbe: { httpGet: { path: "/readyz", port: 8080 } },
                livenessProbe: { httpGet: { path: "/livez", port: 8080 } },
                securityContext: {
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                  capabilities: { drop: ["ALL"] },
                },
              },
            ],
          },
        },
      },
    },
  },
  {
    type: "kubernetes:policy/v1:PodDisruptionBudget",
    name: "api",
    props: {
      metadata,
      spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow", selector: { matchLabels: labels } },
    },
  },
];

/** Example resources as the engine would hand them over. */
export function exampleResources(given: ExampleResource[]): Resource[] {
  const urns = given.map(({ type, name }, index) => `urn:pulumi:test::test::${type}::${name}-${index}`);
  return given.flatMap(({ type, props, protect = true, parent }, index) =>
    toResources(urns[index]!, type, props, {
      protect,
      parent: urns[given.findIndex(one => one.name === parent)],
    }),
  );
}

export type Edit = [kind: string, path: string, value: unknown];

/** The sound system with values changed: `[kind, path, value]`; undefined removes, an unknown path is made. */
export function system(...edits: Edit[]): ExampleResource[] {
  return applyEdits(base(), edits);
}

/** Resources with values changed. A kind that stands more than once is named `Kind/name`. */
export function applyEdits(given: ExampleResource[], edits: Edit[]): ExampleResource[] {
  const resources = structuredClone(given);
  for (const [what, path, value] of edits) {
    const [kind, name] = what.split("/");
    const hit = resources.find(one => one.type.endsWith(`:${kind}`) && (name === undefined || one.name === name));
    if (!hit) throw new Error(`the example holds no ${what}`);
    set(hit.props, path.split("."), value);
  }
  return resources;
}

/** The sound system without the resources of one kind. */
export const without = (kind: string): ExampleResource[] =>
  base().filter(resource => !resource.type.endsWith(`:${kind}`));

/** Short names of the places that examples change most. */
export const at = {
  pod: "spec.template.spec",
  container: "spec.template.spec.containers.0",
} as const;

/** Values tried at one place of a system, each with what the rule must say. */
export interface Tried {
  met?: unknown[];
  /** Each with a part of the message. */
  notMet?: [value: unknown, says: string][];
  unverifiable?: unknown[];
}

/** Examples that set one place of a system to value after value; undefined removes it. */
export function valuesAt(
  [kind, path]: [kind: string, path: string],
  tried: Tried,
  base: ExampleResource[] = system(),
): Example[] {
  const last = path.split(".").findLast(step => !/^\d+$/.test(step))!;
  const example = (value: unknown, want: Example["want"], says?: string): Example => ({
    name: want === "unverifiable" ? `${last} not known yet` : `${last} ${JSON.stringify(value) ?? "not said"}`,
    given: applyEdits(base, [[kind, path, value]]),
    want,
    ...(says === undefined ? {} : { says }),
  });
  return [
    ...(tried.met ?? []).map(value => example(value, "met")),
    ...(tried.notMet ?? []).map(([value, says]) => example(value, "not met", says)),
    ...(tried.unverifiable ?? []).map(value => example(value, "unverifiable", "not known at preview")),
  ];
}

/** One resource by itself, named as people name the only one. */
export const alone = (type: string, props: object): ExampleResource[] => [{ type, name: "it", props }];

/** What a rule about other kinds says of the sound system. */
export const noneOfIt: Example = { name: "none of the kind", given: system(), want: "not applicable" };

/** The sound system on Windows nodes. */
export const windows = (...edits: Edit[]): Example => ({
  name: "a Windows pod",
  given: system(["Deployment", `${at.pod}.os`, { name: "windows" }], ...edits),
  want: "not applicable",
});

function set(target: object, [key, ...rest]: string[], value: unknown): void {
  const holder = target as Record<string, unknown>;
  if (rest.length === 0) {
    if (value === undefined) delete holder[key!];
    else holder[key!] = value;
    return;
  }
  holder[key!] ??= /^\d+$/.test(rest[0]!) ? [] : {};
  set(holder[key!] as object, rest, value);
}

/** What stands in for a value that is not known at preview. */
export { unknownSentinels as notKnown } from "../../model/unknown";
