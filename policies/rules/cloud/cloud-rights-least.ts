import { notKnown } from "../../engine/example";
import { readAll } from "../../engine/kubernetes";
import type { Resource } from "../../engine/resource";
import type { ExampleResource, Subject, Violation } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

/** Resources that carry a policy as a text, and the property it stands in. Source: @pulumi/aws 7. */
const policyOf: Record<string, string> = {
  "aws:iam/policy:Policy": "policy",
  "aws:iam/rolePolicy:RolePolicy": "policy",
  "aws:iam/userPolicy:UserPolicy": "policy",
  "aws:iam/groupPolicy:GroupPolicy": "policy",
  "aws:iam/role:Role": "assumeRolePolicy",
  "aws:s3/bucketPolicy:BucketPolicy": "policy",
  "aws:kms/key:Key": "policy",
  "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
  "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
};

interface Statement {
  Effect?: string;
  Principal?: unknown;
  Action?: string | string[];
  NotAction?: unknown;
  Resource?: string | string[];
  Condition?: object;
}

interface Read {
  type: string;
  property: string;
  statements: Statement[] | undefined;
}

function policies(resource: Resource): Subject<Read>[] {
  const property = policyOf[resource.type];
  if (!property) return [];
  return [
    {
      resource,
      path: "",
      read: () => ({
        type: resource.type,
        property,
        statements: parse(readAll<Record<string, unknown>>(resource)[property]),
      }),
    },
  ];
}

/** A policy's statements; undefined where nobody can read it. One that was not given is AWS's own default. */
function parse(policy: unknown): Statement[] | undefined {
  if (policy === undefined || policy === null) return [];
  try {
    const { Statement: given } = JSON.parse(policy as string) as { Statement?: Statement | Statement[] };
    return given === undefined ? undefined : [given].flat();
  } catch {
    return undefined;
  }
}

const listOf = (value: string | string[] | undefined): string[] => (value === undefined ? [] : [value].flat());
const isEverybody = (principal: unknown): boolean =>
  principal === "*" ||
  (typeof principal === "object" &&
    principal !== null &&
    listOf((principal as { AWS?: string | string[] }).AWS).includes("*"));
const hasCondition = ({ Condition: condition }: Statement) => Object.keys(condition ?? {}).length > 0;

/** Actions by which somebody gets more than he was given, on any role. */
const climbing = ["iam:*", "iam:PassRole", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:CreatePolicyVersion"];

function faultsOf(statement: Statement, type: string): { found: string; needed: string }[] {
  if (statement.Effect !== "Allow") return [];
  const actions = listOf(statement.Action);
  const everywhere = listOf(statement.Resource).includes("*");
  const faults: { found: string; needed: string }[] = [];
  if (isEverybody(statement.Principal) && !hasCondition(statement))
    faults.push({ found: "open to everybody", needed: "principals by name, or a condition" });
  if (statement.NotAction !== undefined)
    faults.push({ found: "everything but a list", needed: "a list of what is allowed" });
  if (actions.includes("*")) faults.push({ found: "every action", needed: "a list of actions" });
  // A key's own policy is about that key alone, and handing it to the account's IAM is how keys are meant to be used.
  if (type === "aws:kms/key:Key") return faults;
  const wild = actions.find(action => action.endsWith(":*"));
  if (wild && wild !== "*")
    faults.push({ found: `every action of ${wild.split(":")[0]}`, needed: "a list of actions" });
  const climbs = actions.find(action => climbing.includes(action));
  if (everywhere && climbs && !hasCondition(statement))
    faults.push({ found: `${climbs} on every role`, needed: "roles by name" });
  const writes = actions.some(action => !/:(Get|List|Describe)/.test(action));
  if (everywhere && writes && !hasCondition(statement) && type !== "aws:iam/role:Role" && !climbs)
    faults.push({ found: "every resource, to change it", needed: "resources by name, or a condition" });
  return faults;
}

const given = (statement: object, type = "aws:iam/rolePolicy:RolePolicy"): ExampleResource[] => [
  {
    type,
    name: "p",
    props: { [policyOf[type]!]: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }) },
  },
];
const sound = { Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject"], Resource: "arn:aws:s3:::backups/*" };

export const cloudRightsLeast = defineRule<Read>({
  id: "GL-CLD-01",
  slug: "cloud-rights-least",
  title: "Policies in the cloud account name who may do what to which resource.",
  why: "A wildcard in one role of one pod hands the whole account to whoever breaks into that pod.",
  fix: "List actions and ARNs; where a resource has no name yet, bind it by a condition such as kms:ResourceAliases.",
  severity: "critical",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["CIS-AWS:1.16", "NIST:AC-6", "SOC2:CC6.3", "ISO:8.2"],
  scope: "resource",
  inspects: "policy",
  subjects: policies,
  check: ({ type, property, statements }) => {
    if (!statements) return [{ path: property, found: "no readable policy", needed: "a policy document" }];
    return statements.flatMap((statement, index): Violation[] =>
      faultsOf(statement, type).map(fault => ({ path: `${property}.Statement[${index}]`, ...fault })),
    );
  },
  examples: () => [
    { name: "objects of one bucket", given: given(sound), want: "met" },
    {
      name: "to look at everything",
      given: given({ ...sound, Action: "ec2:DescribeSubnets", Resource: "*" }),
      want: "met",
    },
    {
      name: "a key by its alias",
      given: given({
        ...sound,
        Action: "kms:Decrypt",
        Resource: "*",
        Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/backups" } },
      }),
      want: "met",
    },
    {
      name: "a key that leaves it to IAM",
      given: given(
        { Effect: "Allow", Principal: { AWS: "arn:aws:iam::111122223333:root" }, Action: "kms:*", Resource: "*" },
        "aws:kms/key:Key",
      ),
      want: "met",
    },
    { name: "every action", given: given({ ...sound, Action: "*" }), want: "not met", says: "every action" },
    {
      name: "every action of S3",
      given: given({ ...sound, Action: "s3:*" }),
      want: "not met",
      says: "every action of s3",
    },
    {
      name: "everything but a list",
      given: given({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }),
      want: "not met",
    },
    {
      name: "to write anywhere",
      given: given({ ...sound, Resource: "*" }),
      want: "not met",
      says: "every resource, to change it",
    },
    {
      name: "a way to more rights",
      given: given({ Effect: "Allow", Action: "iam:PassRole", Resource: "*" }),
      want: "not met",
      says: "iam:PassRole on every role",
    },
    {
      name: "a bucket for everybody",
      given: given({ ...sound, Principal: "*" }, "aws:s3/bucketPolicy:BucketPolicy"),
      want: "not met",
      says: "open to everybody",
    },
    {
      name: "a role that anybody takes on",
      given: given({ Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" }, "aws:iam/role:Role"),
      want: "not met",
      says: "open to everybody",
    },
    {
      name: "a text that is no policy",
      given: [{ type: "aws:iam/policy:Policy", name: "p", props: { policy: "allow all" } }],
      want: "not met",
      says: "no readable policy",
    },
    {
      name: "not known yet",
      given: [{ type: "aws:iam/policy:Policy", name: "p", props: { policy: notKnown.string } }],
      want: "unverifiable",
    },
    {
      name: "no policy at all",
      given: [{ type: "aws:ec2/vpc:Vpc", name: "v", props: {} }],
      want: "not applicable",
    },
  ],
});
