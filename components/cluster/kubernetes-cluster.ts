import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource, output } from "@pulumi/pulumi";
import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as ec2 from "@pulumi/aws/ec2";
import * as eks from "@pulumi/aws/eks";
import * as iam from "@pulumi/aws/iam";
import { childOf, refuse, withDefaults } from "../component";
import versions from "../versions.json";
import type { Place } from "./names";
import { prefixOf, roleArn, tagsOf } from "./names";
import { trustDocument } from "./policy-document";

/** A Kubernetes cluster of AWS: closed, encrypted, logged, with a group of nodes in each zone. */
export interface KubernetesClusterArgs {
  place: Place;
  /** Networks that may reach the API server from outside, as CIDRs; none: it is reached from inside only. @default [] */
  allowFrom?: string[];
  /** ARNs of roles that administer the cluster: CI's, and one for emergencies. */
  admins: string[];
  /** ARNs of roles that may read everything but secrets. @default [] */
  readers?: string[];
  /** Letters of three availability zones. @default ["a", "b", "c"] */
  zones?: string[];
  /** Instance types of the nodes, the first preferred. @default ["m7i.xlarge", "m7a.xlarge", "m6i.xlarge"] */
  instanceTypes?: string[];
  /** Nodes in each zone at least. @default 1 */
  perZone?: number;
  /** Nodes in each zone at most. @default 4 */
  mostPerZone?: number;
  /** Size of a node's disk in GiB. @default 100 */
  diskGib?: number;
}

export const clusterDefaults = {
  allowFrom: [] as string[],
  readers: [] as string[],
  zones: ["a", "b", "c"],
  instanceTypes: ["m7i.xlarge", "m7a.xlarge", "m6i.xlarge"],
  perZone: 1,
  mostPerZone: 4,
  diskGib: 100,
};

const managed = (policy: string): string => `arn:aws:iam::aws:policy/${policy}`;
const accessPolicy = (policy: string): string => `arn:aws:eks::aws:cluster-access-policy/${policy}`;

/** What EKS installs and keeps up: networking, names, identities, volumes and their snapshots, metrics. */
const addons: { name: string; values?: object; role?: { name: string; account: string; policies: string[] } }[] = [
  {
    name: "vpc-cni",
    values: { enableNetworkPolicy: "true", env: { ENABLE_PREFIX_DELEGATION: "true" } },
    role: { name: "network", account: "aws-node", policies: ["AmazonEKS_CNI_Policy"] },
  },
  { name: "kube-proxy" },
  { name: "coredns" },
  { name: "eks-pod-identity-agent" },
  {
    name: "aws-ebs-csi-driver",
    role: {
      name: "volumes",
      account: "ebs-csi-controller-sa",
      policies: ["service-role/AmazonEBSCSIDriverPolicy"],
    },
  },
  { name: "snapshot-controller" },
  { name: "metrics-server" },
];

/** The cluster as plain data, its ids left out. Source: docs.aws.amazon.com/eks, "Best practices". */
export function kubernetesClusterSpec(args: KubernetesClusterArgs) {
  const a = withDefaults(clusterDefaults, args);
  refuseBad(a);
  const { place } = a;
  const name = prefixOf(place);
  const tags = tagsOf(place, name);
  const role = (suffix: string, service: string, policies: string[], actions?: string[]) => ({
    role: {
      name: `${name}-${suffix}`,
      assumeRolePolicy: trustDocument(`role ${suffix}`, [service], actions),
      tags: tagsOf(place),
    },
    policies: policies.map(managed),
  });
  const entry = (principalArn: string, policy: string) => ({
    entry: { clusterName: name, principalArn, type: "STANDARD", tags: tagsOf(place) },
    association: {
      clusterName: name,
      principalArn,
      policyArn: accessPolicy(policy),
      accessScope: { type: "cluster" },
    },
  });
  return {
    logs: { name: `/aws/eks/${name}/cluster`, retentionInDays: 365, tags: tagsOf(place) },
    clusterRole: role("cluster", "eks.amazonaws.com", ["AmazonEKSClusterPolicy"], ["sts:AssumeRole", "sts:TagSession"]),
    nodeRole: role("nodes", "ec2.amazonaws.com", [
      "AmazonEKSWorkerNodeMinimalPolicy",
      "AmazonEC2ContainerRegistryPullOnly",
      "AmazonSSMManagedInstanceCore",
    ]),
    cluster: {
      name,
      version: versions.kubernetes.deployed,
      roleArn: roleArn(place, "cluster"),
      enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
      accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
      upgradePolicy: { supportType: "STANDARD" },
      // An availability zone that is failing is left within minutes, without anybody being woken for it.
      zonalShiftConfig: { enabled: true },
      deletionProtection: true,
      bootstrapSelfManagedAddons: false,
      tags,
    },
    endpoint: {
      endpointPrivateAccess: true,
      endpointPublicAccess: a.allowFrom.length > 0,
      ...(a.allowFrom.length > 0 ? { publicAccessCidrs: a.allowFrom } : {}),
    },
    access: [
      ...a.admins.map(arn => entry(arn, "AmazonEKSClusterAdminPolicy")),
      ...a.readers.map(arn => entry(arn, "AmazonEKSViewPolicy")),
    ],
    launch: {
      name: `${name}-nodes`,
      updateDefaultVersion: true,
      // Credentials of the node are out of reach for its pods: one hop, and only with a session.
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      // Bottlerocket keeps its system on the first disk, read-only, and images and logs on the second.
      blockDevice: (deviceName: string, volumeSize: number, kmsKeyId: pulumi.Input<string>) => ({
        deviceName,
        ebs: { volumeType: "gp3", volumeSize, encrypted: "true", deleteOnTermination: "true", kmsKeyId },
      }),
      tagSpecifications: ["instance", "volume"].map(resourceType => ({ resourceType, tags })),
      tags,
    },
    disks: [
      { device: "/dev/xvda", gib: 8 },
      { device: "/dev/xvdb", gib: a.diskGib },
    ],
    // A group a zone: volumes live in one zone, and a group over three would grow in the wrong one.
    nodeGroups: a.zones.map(zone => ({
      nodeGroupName: `${name}-${zone}`,
      clusterName: name,
      nodeRoleArn: roleArn(place, "nodes"),
      amiType: "BOTTLEROCKET_x86_64",
      capacityType: "ON_DEMAND",
      instanceTypes: a.instanceTypes,
      scalingConfig: { minSize: a.perZone, desiredSize: a.perZone, maxSize: a.mostPerZone },
      updateConfig: { maxUnavailable: 1 },
      nodeRepairConfig: { enabled: true },
      tags: tagsOf(place, `${name}-${zone}`),
    })),
    addons: addons.map(({ name: addonName, values, role: needs }) => ({
      addon: {
        clusterName: name,
        addonName,
        resolveConflictsOnCreate: "OVERWRITE",
        resolveConflictsOnUpdate: "PRESERVE",
        ...(values ? { configurationValues: JSON.stringify(values) } : {}),
        ...(needs
          ? { podIdentityAssociations: [{ roleArn: roleArn(place, needs.name), serviceAccount: needs.account }] }
          : {}),
        tags: tagsOf(place),
      },
      role: needs && role(needs.name, "pods.eks.amazonaws.com", needs.policies, ["sts:AssumeRole", "sts:TagSession"]),
    })),
  };
}

function refuseBad(a: KubernetesClusterArgs & typeof clusterDefaults): void {
  const faults: { propertyPath: string; reason: string }[] = [];
  if (new Set(a.zones).size !== 3)
    faults.push({ propertyPath: "zones", reason: `zones is ${a.zones.join(", ")}; need three different ones` });
  if (a.admins.length === 0)
    faults.push({ propertyPath: "admins", reason: "admins is empty; need a role, or nobody could ever deploy to it" });
  for (const arn of [...a.admins, ...a.readers])
    if (!/^arn:aws:iam::\d{12}:role\/.+$/.test(arn))
      faults.push({
        propertyPath: "admins",
        reason: `"${arn}" is no role; need an ARN such as arn:aws:iam::123456789012:role/ci: people and machines assume roles`,
      });
  if (a.perZone < 1 || a.mostPerZone < a.perZone)
    faults.push({
      propertyPath: "perZone",
      reason: `perZone is ${a.perZone} of at most ${a.mostPerZone}; need at least 1, and no more than mostPerZone`,
    });
  refuse("the cluster", faults);
}

export class KubernetesCluster extends ComponentResource {
  /** What the stack of the platform, and people, need to find the cluster. */
  readonly cluster: pulumi.Output<{ name: string; endpoint: string; certificateAuthority: string }>;
  /** Ready for workloads: nodes and add-ons are there. */
  readonly ready: pulumi.Resource[];

  constructor(
    name: string,
    args: KubernetesClusterArgs,
    given: {
      subnetIds: pulumi.Input<string>[];
      clusterKey: pulumi.Input<string>;
      volumeKey: pulumi.Input<string>;
      logKey: pulumi.Input<string>;
    },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("greenlight:cluster:KubernetesCluster", name, {}, opts);
    const spec = kubernetesClusterSpec(args);
    const own = childOf(this);
    const withRights = (suffix: string, { role, policies }: (typeof spec)["nodeRole"]) => {
      const made = new iam.Role(`${name}-${suffix}`, role, own);
      return policies.map(
        policyArn =>
          new iam.RolePolicyAttachment(
            `${name}-${suffix}-${policyArn.split("/").pop()}`,
            { role: made.name, policyArn },
            own,
          ),
      );
    };
    const logs = new cloudwatch.LogGroup(`${name}-logs`, { ...spec.logs, kmsKeyId: given.logKey }, own);
    const clusterRights = withRights("cluster", spec.clusterRole);
    const nodeRights = withRights("nodes", spec.nodeRole);
    const cluster = new eks.Cluster(
      name,
      {
        ...spec.cluster,
        vpcConfig: { ...spec.endpoint, subnetIds: given.subnetIds },
        encryptionConfig: { provider: { keyArn: given.clusterKey }, resources: ["secrets"] },
      },
      { ...own, protect: true, dependsOn: [logs, ...clusterRights] },
    );
    const inside = { ...own, dependsOn: [cluster] };
    for (const { entry, association } of spec.access) {
      const who = entry.principalArn.split("/").pop()!;
      const made = new eks.AccessEntry(`${name}-${who}`, entry, inside);
      new eks.AccessPolicyAssociation(`${name}-${who}`, association, { ...own, dependsOn: [made] });
    }
    // Networking before nodes, or they never become ready; the rest needs nodes to run on.
    const addon = ({ addon: one, role }: (typeof spec)["addons"][number], after: pulumi.Resource[]) =>
      new eks.Addon(`${name}-${one.addonName}`, one, {
        ...own,
        dependsOn: [...after, ...(role ? withRights(role.role.name.slice(spec.cluster.name.length + 1), role) : [])],
      });
    const first = ["vpc-cni", "kube-proxy", "eks-pod-identity-agent"];
    const early = spec.addons.filter(one => first.includes(one.addon.addonName)).map(one => addon(one, [cluster]));
    const { blockDevice, ...launch } = spec.launch;
    const template = new ec2.LaunchTemplate(
      `${name}-nodes`,
      {
        ...launch,
        blockDeviceMappings: spec.disks.map(({ device, gib }) => blockDevice(device, gib, given.volumeKey)),
      },
      own,
    );
    const groups = spec.nodeGroups.map(
      (one, index) =>
        new eks.NodeGroup(
          `${name}-${index}`,
          {
            ...one,
            subnetIds: [given.subnetIds[index]!],
            launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
          },
          // How many there are, is the autoscaler's to say once it has said so.
          { ...own, dependsOn: [cluster, ...nodeRights, ...early], ignoreChanges: ["scalingConfig.desiredSize"] },
        ),
    );
    const late = spec.addons.filter(one => !first.includes(one.addon.addonName)).map(one => addon(one, groups));
    this.ready = [...groups, ...early, ...late];
    this.cluster = output({
      name: spec.cluster.name,
      endpoint: cluster.endpoint,
      certificateAuthority: cluster.certificateAuthority.data,
    });
    this.registerOutputs({ cluster: this.cluster });
  }
}
