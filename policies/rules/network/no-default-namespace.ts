import { notKnown, system } from "../../engine/example";
import type { Metadata } from "../../engine/kubernetes";
import { objects } from "../../engine/kubernetes";
import { defineRule } from "../../engine/rule";

/** Kinds that live in no namespace. Source: `kubectl api-resources --namespaced=false`, v1.36. */
const clusterKinds = new Set(
  (
    "Namespace Node PersistentVolume ComponentStatus ClusterRole ClusterRoleBinding StorageClass VolumeAttachment " +
    "CSIDriver CSINode CustomResourceDefinition APIService MutatingWebhookConfiguration ValidatingWebhookConfiguration " +
    "ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding MutatingAdmissionPolicy MutatingAdmissionPolicyBinding " +
    "IngressClass RuntimeClass PriorityClass FlowSchema PriorityLevelConfiguration CertificateSigningRequest " +
    "ClusterTrustBundle ServiceCIDR IPAddress VolumeAttributesClass DeviceClass ResourceSlice StorageVersion " +
    "StorageVersionMigration TokenReview SubjectAccessReview SelfSubjectReview SelfSubjectAccessReview ClusterIssuer GatewayClass VolumeSnapshotClass"
  ).split(" "),
);

const isBuiltIn = (group: string) => group === "" || !group.includes(".") || group.endsWith(".k8s.io");

export const noDefaultNamespace = defineRule<{ metadata: Metadata }>({
  id: "GL-NS-01",
  slug: "no-default-namespace",
  title: "Nothing lives in the default namespace.",
  why: "Network policies, quotas and rights are drawn around namespaces; the default one has none of its own.",
  fix: "Set metadata.namespace to a namespace that this stack declares.",
  severity: "medium",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["CIS:5.7.4", "ISO:8.22"],
  scope: "resource",
  inspects: "object",
  showable: ["namespace"],
  subjects: objects,
  check: ({ metadata }, _context, { resource }) => {
    const { group = "", kind = "" } = resource;
    if (clusterKinds.has(kind)) return { notApplicable: "the kind lives in no namespace" };
    const namespace = metadata?.namespace;
    // A custom resource without a namespace may live outside all of them; the built-in kinds are known.
    if ((namespace === undefined || namespace === "") && !isBuiltIn(group))
      return { notApplicable: "a custom kind that may live in no namespace" };
    return namespace === undefined || namespace === "" || namespace === "default"
      ? [{ path: "metadata.namespace", value: namespace, needed: "a namespace other than default" }]
      : [];
  },
  examples: () => [
    { name: "in its own", given: system(), want: "met" },
    {
      name: "in default",
      given: system(["Deployment", "metadata.namespace", "default"]),
      want: "not met",
      says: 'metadata.namespace is "default"',
    },
    {
      name: "not said, which means default",
      given: system(["Deployment", "metadata.namespace", undefined]),
      want: "not met",
      says: "metadata.namespace is missing",
    },
    {
      name: "not known yet",
      given: system(["Deployment", "metadata.namespace", notKnown.string]),
      want: "unverifiable",
    },
    {
      name: "a namespace itself",
      given: [{ type: "kubernetes:core/v1:Namespace", name: "shop", props: { metadata: { name: "shop" } } }],
      want: "not applicable",
    },
  ],
});
