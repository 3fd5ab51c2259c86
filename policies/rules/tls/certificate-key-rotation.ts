import type { Certificate } from "../../engine/certificates";
import { certificate, certificates } from "../../engine/certificates";
import { notKnown } from "../../engine/example";
import type { Graph } from "../../engine/graph";
import { readAll } from "../../engine/kubernetes";
import { defineRule } from "../../engine/rule";

const selfSigned = {
  type: "kubernetes:cert-manager.io/v1:ClusterIssuer",
  name: "internal",
  props: { metadata: { name: "internal" }, spec: { selfSigned: {} } },
};

interface Issuer {
  metadata?: { name?: string };
  spec?: { selfSigned?: object };
}

/** True for a root: an authority that signs itself. */
const isRoot = ({ spec = {} }: Certificate, graph: Graph): boolean =>
  spec.isCA === true &&
  ["ClusterIssuer", "Issuer"].some(kind =>
    graph
      .ofKind("cert-manager.io", kind)
      .map(resource => readAll<Issuer>(resource))
      .some(one => one.metadata?.name === spec.issuerRef?.name && one.spec?.selfSigned !== undefined),
  );

export const certificateKeyRotation = defineRule<Certificate>({
  id: "GL-TLS-04",
  slug: "certificate-key-rotation",
  title: "Leaves get a new key at every renewal, and a root keeps its own.",
  why: "A key that never changes is stolen once and used for ever; a root whose key changes cuts off all who trust it.",
  fix: "Set privateKey.rotationPolicy: Never for the self-signed root, and Always for all below it.",
  severity: "high",
  requirements: ["S-165"],
  items: ["F.1"],
  mappings: ["NIST:SC-12", "ISO:8.24"],
  scope: "stack",
  inspects: "certificate",
  subjects: certificates,
  check: (value, { graph }) => {
    // Always is the default since cert-manager 1.18.
    const policy = value.spec?.privateKey?.rotationPolicy ?? "Always";
    const path = "spec.privateKey.rotationPolicy";
    if (isRoot(value, graph))
      return policy === "Never" ? [] : [{ path, found: "a new key for a root at each renewal", needed: "Never" }];
    return policy === "Always" ? [] : [{ path, found: "the same key for ever", needed: "Always" }];
  },
  examples: () => [
    { name: "a leaf with new keys", given: certificate(), want: "met" },
    {
      name: "a root that keeps its key",
      given: [...certificate({ isCA: true, privateKey: { rotationPolicy: "Never" } }), selfSigned],
      want: "met",
    },
    {
      name: "a root with new keys, by default",
      given: [...certificate({ isCA: true, privateKey: undefined }), selfSigned],
      want: "not met",
      says: "a new key for a root",
    },
    {
      name: "a leaf with one key",
      given: certificate({ privateKey: { rotationPolicy: "Never" } }),
      want: "not met",
      says: "the same key for ever",
    },
    { name: "not known yet", given: certificate({ privateKey: notKnown.object }), want: "unverifiable" },
  ],
});
