import { notKnown } from "../../engine/example";
import { store } from "../../engine/example-stores";
import type { Graph } from "../../engine/graph";
import { readAll } from "../../engine/kubernetes";
import { defineRule } from "../../engine/rule";
import type { Store } from "../../engine/stores";
import { stores } from "../../engine/stores";

/** Names of Secrets that certificates of a namespace are written to. */
const certificateSecrets = (namespace: string | undefined, graph: Graph): (string | undefined)[] =>
  graph
    .ofKind("cert-manager.io", "Certificate")
    .map(resource => readAll<{ metadata?: { namespace?: string }; spec?: { secretName?: string } }>(resource))
    .filter(one => one.metadata?.namespace === namespace)
    .map(one => one.spec?.secretName);

export const storesEncrypted = defineRule<Store>({
  id: "GL-TLS-02",
  slug: "stores-encrypted",
  title: "Every store is reached over TLS only.",
  why: "Queries, answers and passwords cross the same network as everything else.",
  fix: "Mount a certificate of this stack into the store's pods; refuse plain connections in the database.",
  severity: "critical",
  requirements: ["S-165"],
  items: ["F.1"],
  mappings: ["NIST:SC-8", "SOC2:CC6.7", "ISO:8.24"],
  scope: "stack",
  inspects: "store",
  subjects: stores,
  check: ({ kind, object, metadata }, { graph }) => {
    const { spec = {} } = object;
    if (kind === "mongodb") {
      const mode = spec.tls?.mode ?? "preferTLS";
      return mode === "requireTLS" && !spec.unsafeFlags?.tls
        ? []
        : [{ path: "spec.tls.mode", found: "one that lets plain connections in", needed: "requireTLS" }];
    }
    if (kind === "postgres") {
      const { parameters = {}, pg_hba: lines = [] } = spec.postgresql ?? {};
      if (/^(off|false|0|no)$/i.test(parameters.ssl ?? ""))
        return [{ path: "spec.postgresql.parameters.ssl", found: "switched off", needed: "on" }];
      // The first line that fits decides, so the refusal has to come before whatever lets in.
      return /^\s*hostnossl\s+all\s+all\s+(all|0\.0\.0\.0\/0)\s+reject\s*$/.test(lines[0] ?? "")
        ? []
        : [
            {
              path: "spec.postgresql.pg_hba",
              found: "one that lets plain connections in",
              needed: '"hostnossl all all all reject" as its first line',
            },
          ];
    }
    const mounted = (spec.template?.spec?.volumes ?? []).map(volume => volume.secret?.secretName).filter(Boolean);
    const issued = certificateSecrets(metadata.namespace, graph);
    return mounted.some(name => issued.includes(name))
      ? []
      : [
          {
            path: "spec.template.spec.volumes",
            found: "without a certificate of this stack",
            needed: "the Secret of a Certificate",
          },
        ];
  },
  examples: () => [
    { name: "a certificate in the pods", given: store("volumes"), want: "met" },
    { name: "a database that refuses plain", given: store("postgres"), want: "met" },
    { name: "an operator that requires it", given: store("mongodb"), want: "met" },
    {
      name: "no certificate",
      given: store("volumes", ["StatefulSet", "spec.template.spec.volumes", []]),
      want: "not met",
      says: "without a certificate",
    },
    {
      name: "a certificate of another namespace",
      given: store("volumes", ["Certificate", "metadata.namespace", "other"]),
      want: "not met",
    },
    {
      name: "plain let in",
      given: store("postgres", ["Cluster", "spec.postgresql.pg_hba", []]),
      want: "not met",
      says: "lets plain connections in",
    },
    {
      name: "switched off",
      given: store("postgres", ["Cluster", "spec.postgresql.parameters.ssl", "off"]),
      want: "not met",
    },
    {
      name: "preferred only",
      given: store("mongodb", ["PerconaServerMongoDB", "spec.tls", { mode: "preferTLS" }]),
      want: "not met",
    },
    {
      name: "not known yet",
      given: store("postgres", ["Cluster", "spec.postgresql.pg_hba", notKnown.array]),
      want: "unverifiable",
    },
  ],
});
