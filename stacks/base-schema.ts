import { z } from "zod";
import { tiers } from "../model/tier";

/** The config of a stack `<env>-base`: what an environment stands on in an AWS account. Strict, like the other. */

const name = z.string().regex(/^[a-z]([-a-z0-9]{0,20}[a-z0-9])?$/, "a DNS label of at most 22 characters");
const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region such as "eu-central-1"');
const bucket = z.string().regex(/^[a-z0-9][a-z0-9-]{1,52}[a-z0-9]$/, "3 to 54 small letters, digits and dashes");
const role = z.string().regex(/^arn:aws:iam::\d{12}:role\/.+$/, "the ARN of a role");
const cidr = z.string().regex(/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/, 'a network such as "203.0.113.0/24"');
const days = z.int().min(0).max(3650);

export const baseSchema = z.strictObject({
  layer: z.literal("base"),
  tier: z.enum(tiers),
  system: name,
  /** Name of the environment: the stack's without `-base`. */
  environment: name,
  // Quoted in YAML, or a leading zero is lost.
  account: z.string().regex(/^\d{12}$/, "twelve digits in quotes"),
  region,
  network: z
    .strictObject({
      cidr: cidr.optional(),
      zones: z
        .array(z.string().regex(/^[a-z]$/, 'a letter such as "a"'))
        .length(3, "three availability zones")
        .optional(),
      flowLogDays: days.optional(),
    })
    .optional(),
  cluster: z.strictObject({
    allowFrom: z.array(cidr.refine(one => !one.endsWith("/0"), "a network, not the whole Internet")).optional(),
    admins: z.array(role).min(1),
    readers: z.array(role).optional(),
    instanceTypes: z.array(z.string().min(1)).min(1).optional(),
    perZone: z.int().min(1).optional(),
    mostPerZone: z.int().min(1).optional(),
    diskGib: z.int().min(20).optional(),
  }),
  repositories: z.array(z.string().regex(/^[a-z0-9]+([/_.-][a-z0-9]+)*$/, "a repository such as shop/api")),
  backups: z.strictObject({
    bucket,
    replicaRegion: region,
    lockDays: days.optional(),
    keepDays: days.optional(),
  }),
  identities: z.array(
    z.strictObject({
      account: z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, "a service account as namespace/name"),
      may: z.enum(["write backups", "read secrets", "answer dns challenges", "store logs"]),
    }),
  ),
  hostedZones: z.array(z.string().regex(/^Z[A-Z0-9]+$/, "the id of a hosted zone")).optional(),
  secrets: z.array(z.string().regex(/^[a-z0-9-]+$/, "small letters, digits and dashes")),
  budget: z.strictObject({
    monthlyUsd: z.number().positive(),
    notify: z.string().regex(/^\S+@\S+$/, "a mailbox"),
  }),
});
