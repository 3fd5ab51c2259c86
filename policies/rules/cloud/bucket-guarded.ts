import { applyEdits, notKnown } from "../../engine/example";
import type { Edit } from "../../engine/example";
import { readAll } from "../../engine/kubernetes";
import type { Graph } from "../../engine/graph";
import type { Resource } from "../../engine/resource";
import type { ExampleResource, Subject, Violation } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

/** What stands beside a bucket, found by its name. Source: @pulumi/aws 7, `aws.s3.Bucket…`. */
interface Beside {
  bucket?: string;
  versioningConfiguration?: { status?: string };
  rules?: { applyServerSideEncryptionByDefault?: { sseAlgorithm?: string } }[];
  policy?: string;
  blockPublicAcls?: boolean;
  blockPublicPolicy?: boolean;
  ignorePublicAcls?: boolean;
  restrictPublicBuckets?: boolean;
}

function buckets(resource: Resource): Subject<Beside>[] {
  if (resource.type !== "aws:s3/bucket:Bucket") return [];
  return [{ resource, path: "", read: () => readAll<Beside>(resource) }];
}

const beside = (kind: string, bucket: string, graph: Graph): Beside | undefined =>
  graph.all
    .filter(one => one.type === `aws:s3/${kind[0]!.toLowerCase()}${kind.slice(1)}:${kind}`)
    .map(one => readAll<Beside>(one))
    .find(one => one.bucket === bucket);

const closures = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"] as const;

/** Whether a policy refuses everybody who comes without TLS. */
function refusesPlain(policy: string | undefined): boolean {
  try {
    const { Statement: statements } = JSON.parse(policy ?? "") as {
      Statement: { Effect?: string; Principal?: unknown; Condition?: { Bool?: Record<string, unknown> } }[];
    };
    return [statements]
      .flat()
      .some(
        one =>
          one.Effect === "Deny" &&
          one.Principal === "*" &&
          String(one.Condition?.Bool?.["aws:SecureTransport"]) === "false",
      );
  } catch {
    return false;
  }
}

const bucket = "shop-backups";
const denial = JSON.stringify({
  Statement: [
    { Effect: "Deny", Principal: "*", Action: "s3:*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
  ],
});
const sound = (...edits: Edit[]): ExampleResource[] =>
  applyEdits(
    [
      { type: "aws:s3/bucket:Bucket", name: "b", props: { bucket } },
      {
        type: "aws:s3/bucketVersioning:BucketVersioning",
        name: "b",
        props: { bucket, versioningConfiguration: { status: "Enabled" } },
      },
      {
        type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        name: "b",
        props: { bucket, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" } }] },
      },
      {
        type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        name: "b",
        props: { bucket, ...Object.fromEntries(closures.map(key => [key, true])) },
      },
      { type: "aws:s3/bucketPolicy:BucketPolicy", name: "b", props: { bucket, policy: denial } },
    ],
    edits,
  );

export const bucketGuarded = defineRule<Beside>({
  id: "GL-CLD-02",
  slug: "bucket-guarded",
  title: "Every bucket keeps versions, is encrypted, and is closed to the public and to plain connections.",
  why: "One wrong click or one broken script empties a bucket without versions; one wrong policy publishes one that is not closed.",
  fix: "Put BucketVersioning, BucketServerSideEncryptionConfiguration, BucketPublicAccessBlock and a BucketPolicy that denies aws:SecureTransport false beside it.",
  severity: "high",
  requirements: ["S-130", "S-165"],
  items: ["A.3.3", "F.1"],
  mappings: ["CIS-AWS:2.1.1", "CIS-AWS:2.1.4", "NIST:SC-28", "NIST:CP-9", "SOC2:CC6.1"],
  scope: "stack",
  inspects: "bucket",
  subjects: buckets,
  check: ({ bucket: name }, { graph }) => {
    if (name === undefined)
      return [{ path: "bucket", found: "a name nobody chose", needed: "a name, by which its settings are found" }];
    const found: Violation[] = [];
    const fault = (what: string, needed: string) => found.push({ path: "", found: what, needed });
    if (beside("BucketVersioning", name, graph)?.versioningConfiguration?.status !== "Enabled")
      fault("a bucket without versions", "BucketVersioning that is Enabled");
    const encryption = beside("BucketServerSideEncryptionConfiguration", name, graph);
    if (!encryption?.rules?.some(rule => rule.applyServerSideEncryptionByDefault?.sseAlgorithm))
      fault("a bucket whose encryption nobody chose", "BucketServerSideEncryptionConfiguration");
    const closed = beside("BucketPublicAccessBlock", name, graph);
    if (!closures.every(key => closed?.[key] === true))
      fault("a bucket that may be made public", "BucketPublicAccessBlock, all four true");
    if (!refusesPlain(beside("BucketPolicy", name, graph)?.policy))
      fault("a bucket that answers without TLS", "a BucketPolicy that denies aws:SecureTransport false");
    return found;
  },
  examples: () => [
    { name: "all four", given: sound(), want: "met" },
    {
      name: "versions suspended",
      given: sound(["BucketVersioning", "versioningConfiguration.status", "Suspended"]),
      want: "not met",
      says: "without versions",
    },
    {
      name: "settings of another bucket",
      given: sound(["BucketServerSideEncryptionConfiguration", "bucket", "other"]),
      want: "not met",
      says: "whose encryption nobody chose",
    },
    {
      name: "a door left open",
      given: sound(["BucketPublicAccessBlock", "restrictPublicBuckets", false]),
      want: "not met",
      says: "may be made public",
    },
    {
      name: "plain connections",
      given: sound(["BucketPolicy", "policy", "{}"]),
      want: "not met",
      says: "answers without TLS",
    },
    {
      name: "a name that AWS makes up",
      given: sound(["Bucket", "bucket", undefined]),
      want: "not met",
      says: "a name nobody chose",
    },
    { name: "not known yet", given: sound(["BucketPolicy", "policy", notKnown.string]), want: "unverifiable" },
    { name: "no bucket", given: [{ type: "aws:ec2/vpc:Vpc", name: "v", props: {} }], want: "not applicable" },
  ],
});
