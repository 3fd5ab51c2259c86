import { at, notKnown, system } from "../../engine/example";
import type { Container, Metadata, PodSpec } from "../../engine/kubernetes";
import { pods, readAll } from "../../engine/kubernetes";
import { configMapsIn, secretsIn } from "../../engine/references";
import { defineRule } from "../../engine/rule";
import type { Volume } from "../../engine/stores";

type Pod = PodSpec & { volumes?: Volume[]; imagePullSecrets?: { name?: string }[] };

interface Ref {
  name?: string;
  optional?: boolean;
}

interface EnvSource {
  secretKeyRef?: Ref;
  configMapKeyRef?: Ref;
}

type Wanting = Container & { envFrom?: { secretRef?: Ref; configMapRef?: Ref }[] };

/** Names a pod cannot start without, and where they are asked for. */
function references(pod: Pod): { kind: "Secret" | "ConfigMap"; name: string | undefined; path: string }[] {
  const found: { kind: "Secret" | "ConfigMap"; ref: Ref | undefined; path: string }[] = [];
  for (const [index, volume] of (pod.volumes ?? []).entries()) {
    const { secret, configMap } = volume;
    if (secret)
      found.push({
        kind: "Secret",
        ref: { name: secret.secretName!, optional: secret.optional ?? false },
        path: `volumes[${index}].secret`,
      });
    if (configMap) found.push({ kind: "ConfigMap", ref: configMap, path: `volumes[${index}].configMap` });
  }
  for (const kind of ["containers", "initContainers"] as const)
    for (const [index, container] of ((pod[kind] ?? []) as Wanting[]).entries()) {
      const path = `${kind}[${index}]`;
      for (const [place, variable] of (container.env ?? []).entries()) {
        const source = variable.valueFrom as EnvSource | undefined;
        if (source?.secretKeyRef)
          found.push({ kind: "Secret", ref: source.secretKeyRef, path: `${path}.env[${place}]` });
        if (source?.configMapKeyRef)
          found.push({ kind: "ConfigMap", ref: source.configMapKeyRef, path: `${path}.env[${place}]` });
      }
      for (const [place, from] of (container.envFrom ?? []).entries()) {
        if (from.secretRef) found.push({ kind: "Secret", ref: from.secretRef, path: `${path}.envFrom[${place}]` });
        if (from.configMapRef)
          found.push({ kind: "ConfigMap", ref: from.configMapRef, path: `${path}.envFrom[${place}]` });
      }
    }
  return found
    .filter(one => one.ref?.optional !== true)
    .map(({ kind, ref, path }) => ({ kind, name: ref?.name, path }));
}

const from = (name: unknown) => [{ name: "KEY", valueFrom: { secretKeyRef: { name, key: "key" } } }];

export const secretReferencesExist = defineRule<Pod>({
  id: "GL-REF-02",
  slug: "secret-references-exist",
  title: "Every Secret and ConfigMap a pod needs is made by this stack.",
  why: "A pod that waits for a Secret nobody makes never starts; the deployment hangs until it times out.",
  fix: "Add the Secret's maker (ExternalSecret, Certificate) or the ConfigMap to the stack, or mark the reference optional.",
  severity: "high",
  requirements: ["S-151", "S-165"],
  items: ["D.1.2", "F.1"],
  mappings: ["NIST:CM-2", "NIST:IA-5"],
  scope: "stack",
  inspects: "pod",
  subjects: pods,
  check: (pod, { graph }, { resource }) => {
    const wanted = references(pod);
    if (wanted.length === 0) return [];
    const { namespace } = readAll<{ metadata?: Metadata }>(resource).metadata ?? {};
    const made = { Secret: secretsIn(namespace, graph), ConfigMap: configMapsIn(namespace, graph) };
    return wanted
      .filter(({ kind, name }) => !made[kind].has(name))
      .map(({ kind, path }) => ({
        path,
        found: `in want of a ${kind} that nothing here makes`,
        needed: `a ${kind} of this stack`,
      }));
  },
  examples: () => [
    { name: "none needed", given: system(), want: "met" },
    {
      name: "made by an ExternalSecret",
      given: [
        ...system(["Deployment", `${at.container}.env`, from("db")]),
        {
          type: "kubernetes:external-secrets.io/v1:ExternalSecret",
          name: "db",
          props: { metadata: { name: "db", namespace: "shop" }, spec: { target: { name: "db" } } },
        },
      ],
      want: "met",
    },
    {
      name: "optional",
      given: system(["Deployment", `${at.pod}.volumes`, [{ name: "x", secret: { secretName: "x", optional: true } }]]),
      want: "met",
    },
    {
      name: "made by nobody",
      given: system(["Deployment", `${at.container}.env`, from("db")]),
      want: "not met",
      says: "in want of a Secret that nothing here makes",
    },
    {
      name: "made in another namespace",
      given: [
        ...system(["Deployment", `${at.container}.env`, from("db")]),
        { type: "kubernetes:core/v1:Secret", name: "db", props: { metadata: { name: "db", namespace: "other" } } },
      ],
      want: "not met",
    },
    {
      name: "a ConfigMap made by nobody",
      given: system(["Deployment", `${at.pod}.volumes`, [{ name: "x", configMap: { name: "x" } }]]),
      want: "not met",
      says: "ConfigMap",
    },
    {
      name: "not known yet",
      given: system(["Deployment", `${at.container}.env`, from(notKnown.string)]),
      want: "unverifiable",
    },
  ],
});
