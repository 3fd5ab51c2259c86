import { applyEdits, notKnown } from "../../engine/example";
import type { Edit } from "../../engine/example";
import { readAll } from "../../engine/kubernetes";
import type { Resource } from "../../engine/resource";
import type { ExampleResource, Subject, Violation } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

/** What is read of an EKS cluster. Source: @pulumi/aws 7, `aws.eks.Cluster`. */
interface Cluster {
  enabledClusterLogTypes?: string[];
  encryptionConfig?: { provider?: object; resources?: string[] };
  vpcConfig?: { endpointPublicAccess?: boolean; publicAccessCidrs?: string[]; endpointPrivateAccess?: boolean };
  accessConfig?: { authenticationMode?: string };
}

function clusters(resource: Resource): Subject<Cluster>[] {
  if (resource.type !== "aws:eks/cluster:Cluster") return [];
  return [{ resource, path: "", read: () => readAll<Cluster>(resource) }];
}

const logs = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

const cluster = (...edits: Edit[]): ExampleResource[] =>
  applyEdits(
    [
      {
        type: "aws:eks/cluster:Cluster",
        name: "c",
        props: {
          enabledClusterLogTypes: logs,
          encryptionConfig: { provider: { keyArn: "arn:aws:kms:…" }, resources: ["secrets"] },
          vpcConfig: { endpointPublicAccess: true, endpointPrivateAccess: true, publicAccessCidrs: ["203.0.113.0/24"] },
          accessConfig: { authenticationMode: "API" },
        },
      },
    ],
    edits,
  );

export const clusterClosed = defineRule<Cluster>({
  id: "GL-CLD-03",
  slug: "cluster-closed",
  title: "The cluster's API server is closed to the Internet, logs everything, and encrypts its secrets.",
  why: "An open API server is one leaked token away from everything in it; without its logs nobody ever learns how.",
  fix: "Set endpointPublicAccess false or publicAccessCidrs, all five log types, and encryptionConfig with a key of your own.",
  severity: "critical",
  requirements: ["S-151", "S-165"],
  items: ["D.1.2", "F.1"],
  mappings: ["CIS-EKS:2.1.1", "CIS-EKS:5.3.1", "CIS-EKS:5.4.1", "NIST:AU-2", "NIST:SC-7"],
  scope: "resource",
  inspects: "cluster",
  showable: ["authenticationMode"],
  subjects: clusters,
  check: ({ enabledClusterLogTypes = [], encryptionConfig, vpcConfig = {}, accessConfig }) => {
    const found: Violation[] = [];
    // Both default to open: the endpoint is public, and to the whole Internet.
    const given = vpcConfig.publicAccessCidrs ?? [];
    const cidrs = given.length > 0 ? given : ["0.0.0.0/0"];
    if (vpcConfig.endpointPublicAccess !== false && cidrs.some(one => /\/0$/.test(one)))
      found.push({
        path: "vpcConfig.publicAccessCidrs",
        found: "the whole Internet",
        needed: "networks by name, or no public endpoint",
      });
    const missing = logs.filter(one => !enabledClusterLogTypes.some(given => given === one));
    if (missing.length > 0)
      found.push({ path: "enabledClusterLogTypes", found: `without ${missing.join(", ")}`, needed: "all five" });
    if (!encryptionConfig?.provider || !(encryptionConfig.resources ?? []).some(one => one === "secrets"))
      found.push({
        path: "encryptionConfig",
        found: "without a key for secrets",
        needed: "a key of your own for secrets",
      });
    if (accessConfig?.authenticationMode !== "API")
      found.push({
        path: "accessConfig.authenticationMode",
        value: accessConfig?.authenticationMode,
        needed: "API: who has access stands in the account, not in a ConfigMap",
      });
    return found;
  },
  examples: () => [
    { name: "open to one network", given: cluster(), want: "met" },
    {
      name: "reached from inside only",
      given: cluster(["Cluster", "vpcConfig", { endpointPublicAccess: false }]),
      want: "met",
    },
    {
      name: "a key that is not known yet",
      given: cluster(["Cluster", "encryptionConfig.provider.keyArn", notKnown.string]),
      want: "met",
    },
    {
      name: "open, unsaid",
      given: cluster(["Cluster", "vpcConfig", {}]),
      want: "not met",
      says: "the whole Internet",
    },
    {
      name: "open by a network",
      given: cluster(["Cluster", "vpcConfig.publicAccessCidrs", ["0.0.0.0/0"]]),
      want: "not met",
    },
    {
      name: "open by an empty list",
      given: cluster(["Cluster", "vpcConfig.publicAccessCidrs", []]),
      want: "not met",
      says: "the whole Internet",
    },
    { name: "encrypts nothing", given: cluster(["Cluster", "encryptionConfig.resources", []]), want: "not met" },
    {
      name: "no audit log",
      given: cluster(["Cluster", "enabledClusterLogTypes", ["api"]]),
      want: "not met",
      says: "without audit, authenticator",
    },
    { name: "secrets in clear", given: cluster(["Cluster", "encryptionConfig", undefined]), want: "not met" },
    {
      name: "access by ConfigMap",
      given: cluster(["Cluster", "accessConfig.authenticationMode", "CONFIG_MAP"]),
      want: "not met",
      says: "who has access",
    },
    { name: "not known yet", given: cluster(["Cluster", "vpcConfig", notKnown.object]), want: "unverifiable" },
    { name: "no cluster", given: [{ type: "aws:ec2/vpc:Vpc", name: "v", props: {} }], want: "not applicable" },
  ],
});
