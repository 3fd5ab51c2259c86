import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as ec2 from "@pulumi/aws/ec2";
import * as iam from "@pulumi/aws/iam";
import { childOf, refuse } from "../component";
import type { Place } from "./names";
import { prefixOf, roleArn, tagsOf } from "./names";
import { policyDocument, trustDocument } from "./policy-document";

/** A network over three zones: nodes are private, every zone leaves by a gateway of its own. */
export interface NetworkArgs {
  place: Place;
  /** Private range of the network, a /16. @default "10.40.0.0/16" */
  cidr?: string;
  /** Letters of three availability zones. @default ["a", "b", "c"] */
  zones?: string[];
  /** Days that flow logs are kept. @default 90 */
  flowLogDays?: number;
}

/** AWS services nodes reach without leaving the network, each by an interface in every zone. */
const interfaceEndpoints = ["ecr.api", "ecr.dkr", "sts", "kms", "logs", "secretsmanager", "ec2", "eks", "eks-auth"];

/** The network as plain data, its ids left out. */
export function networkSpec({ place, cidr = "10.40.0.0/16", zones = ["a", "b", "c"], flowLogDays = 90 }: NetworkArgs) {
  const base = privateSixteen(cidr, zones);
  const name = prefixOf(place);
  const subnet = (kind: "public" | "private", index: number, block: string, more: Record<string, string>) => ({
    cidrBlock: block,
    availabilityZone: `${place.region}${zones[index]}`,
    mapPublicIpOnLaunch: false,
    tags: { ...tagsOf(place, `${name}-${kind}-${zones[index]}`), ...more },
  });
  const logGroup = `/greenlight/${name}/flow`;
  return {
    vpc: { cidrBlock: cidr, enableDnsHostnames: true, enableDnsSupport: true, tags: tagsOf(place, name) },
    // Small where only gateways and balancers live, large where pods have addresses of their own.
    publicSubnets: zones.map((_, index) =>
      subnet("public", index, `${base}.${index * 16}.0/20`, { "kubernetes.io/role/elb": "1" }),
    ),
    privateSubnets: zones.map((_, index) =>
      subnet("private", index, `${base}.${(index + 1) * 64}.0/18`, { "kubernetes.io/role/internal-elb": "1" }),
    ),
    endpoints: interfaceEndpoints.map(service => ({
      service,
      serviceName: `com.amazonaws.${place.region}.${service}`,
      vpcEndpointType: "Interface",
      privateDnsEnabled: true,
      tags: tagsOf(place, `${name}-${service}`),
    })),
    storage: {
      serviceName: `com.amazonaws.${place.region}.s3`,
      vpcEndpointType: "Gateway",
      tags: tagsOf(place, `${name}-s3`),
    },
    endpointGroup: {
      name: `${name}-endpoints`,
      description: "AWS services, reached from inside",
      ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: [cidr], description: "from the network" }],
      tags: tagsOf(place, `${name}-endpoints`),
    },
    flowLogs: {
      group: { name: logGroup, retentionInDays: flowLogDays, tags: tagsOf(place) },
      role: {
        name: `${name}-flow-logs`,
        assumeRolePolicy: trustDocument("role flow-logs", ["vpc-flow-logs.amazonaws.com"]),
        tags: tagsOf(place),
      },
      policy: policyDocument("role flow-logs", [
        {
          sid: "Write",
          actions: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
          resources: [`arn:aws:logs:${place.region}:${place.account}:log-group:${logGroup}:*`],
        },
      ]),
      log: {
        trafficType: "ALL",
        logDestination: `arn:aws:logs:${place.region}:${place.account}:log-group:${logGroup}`,
        iamRoleArn: roleArn(place, "flow-logs"),
        maxAggregationInterval: 60,
        tags: tagsOf(place, name),
      },
    },
  };
}

/** The first two numbers of a private /16. */
function privateSixteen(cidr: string, zones: string[]): string {
  const match = /^(10\.\d{1,3}|172\.(?:1[6-9]|2\d|3[01])|192\.168)\.0\.0\/16$/.exec(cidr);
  const faults: { propertyPath: string; reason: string }[] = [];
  if (!match || match[1]!.split(".").some(part => Number(part) > 255))
    faults.push({
      propertyPath: "cidr",
      reason: `cidr is "${cidr}"; need a private /16 such as "10.40.0.0/16"`,
    });
  if (zones.length !== 3 || new Set(zones).size !== 3)
    faults.push({
      propertyPath: "zones",
      reason: `zones is ${zones.join(", ")}; need three different ones: a quorum survives the loss of one zone of three`,
    });
  refuse("the network", faults);
  return match![1]!;
}

export class Network extends ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  readonly privateSubnetIds: pulumi.Output<string>[];

  constructor(name: string, args: NetworkArgs, logKey: pulumi.Input<string>, opts?: pulumi.ComponentResourceOptions) {
    super("greenlight:cluster:Network", name, {}, opts);
    const spec = networkSpec(args);
    const own = childOf(this);
    const vpc = new ec2.Vpc(name, spec.vpc, own);
    const vpcId = vpc.id;
    const tags = spec.vpc.tags;
    // The group everything falls into that names none: it lets nothing through.
    new ec2.DefaultSecurityGroup(`${name}-default`, { vpcId, tags }, own);
    const internet = new ec2.InternetGateway(name, { vpcId, tags }, own);
    const out = new ec2.RouteTable(
      `${name}-public`,
      { vpcId, routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: internet.id }], tags },
      own,
    );
    const gateways = spec.publicSubnets.map((one, index) => {
      const subnet = new ec2.Subnet(`${name}-public-${index}`, { ...one, vpcId }, own);
      new ec2.RouteTableAssociation(`${name}-public-${index}`, { subnetId: subnet.id, routeTableId: out.id }, own);
      const address = new ec2.Eip(`${name}-nat-${index}`, { domain: "vpc", tags: one.tags }, own);
      return new ec2.NatGateway(
        `${name}-${index}`,
        { subnetId: subnet.id, allocationId: address.id, tags: one.tags },
        { ...own, dependsOn: [internet] },
      );
    });
    const privates = spec.privateSubnets.map((one, index) => {
      const subnet = new ec2.Subnet(`${name}-private-${index}`, { ...one, vpcId }, own);
      const table = new ec2.RouteTable(
        `${name}-private-${index}`,
        { vpcId, routes: [{ cidrBlock: "0.0.0.0/0", natGatewayId: gateways[index]!.id }], tags: one.tags },
        own,
      );
      new ec2.RouteTableAssociation(`${name}-private-${index}`, { subnetId: subnet.id, routeTableId: table.id }, own);
      return { subnet, table };
    });
    this.vpcId = vpcId;
    this.privateSubnetIds = privates.map(one => one.subnet.id);
    const group = new ec2.SecurityGroup(`${name}-endpoints`, { ...spec.endpointGroup, vpcId }, own);
    for (const { service, ...one } of spec.endpoints)
      new ec2.VpcEndpoint(
        `${name}-${service}`,
        { ...one, vpcId, subnetIds: this.privateSubnetIds, securityGroupIds: [group.id] },
        own,
      );
    new ec2.VpcEndpoint(
      `${name}-s3`,
      { ...spec.storage, vpcId, routeTableIds: privates.map(one => one.table.id) },
      own,
    );
    const { flowLogs } = spec;
    const logs = new cloudwatch.LogGroup(`${name}-flow`, { ...flowLogs.group, kmsKeyId: logKey }, own);
    const role = new iam.Role(`${name}-flow-logs`, flowLogs.role, own);
    const right = new iam.RolePolicy(`${name}-flow-logs`, { role: role.name, policy: flowLogs.policy }, own);
    new ec2.FlowLog(`${name}-flow`, { ...flowLogs.log, vpcId }, { ...own, dependsOn: [logs, right] });
    this.registerOutputs({ vpcId, privateSubnetIds: this.privateSubnetIds });
  }
}
