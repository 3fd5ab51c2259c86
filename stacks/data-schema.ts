import { z } from "zod";

import { erasureNeeded, votersNeeded } from "../model/topology";

/** The part of a stack's config about what keeps data, and what protects it. */

const name = z.string().regex(/^[a-z]([-a-z0-9]{0,40}[a-z0-9])?$/, "a DNS label of at most 42 characters");
const image = z.string().min(1);
/** A number of voters: possible, or refused before anything else is looked at. */
const voters = (most?: number) =>
  z.int().superRefine((count, context) => {
    const needed = votersNeeded(count, most);
    if (needed) context.addIssue({ code: "custom", message: needed });
  });
const quantity = z.string().min(1);
const clients = z.array(z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, "a service, as namespace/name")).optional();
const place = { name, namespace: name, clients, storageClass: name.optional() };

const postgres = z.strictObject({
  ...place,
  images: z.strictObject({ server: image, pooler: image }),
  instances: z.int().min(3, "at least 3: with 2 a lost one stops every commit").optional(),
  synchronous: z.int().min(1, "at least 1").optional(),
  cpu: quantity.optional(),
  memory: quantity.optional(),
  storage: quantity.optional(),
  walStorage: quantity.optional(),
  database: name.optional(),
});

const mongodb = z.strictObject({
  ...place,
  images: z.strictObject({ server: image, backup: image, exporter: image, kubectl: image }),
  members: voters(7).optional(),
  cpu: quantity.optional(),
  memory: quantity.optional(),
  storage: quantity.optional(),
});

const redis = z.strictObject({
  ...place,
  images: z.strictObject({ server: image, exporter: image, aws: image }),
  replicas: voters().optional(),
  memory: quantity.optional(),
  storage: quantity.optional(),
  profile: z.enum(["store", "cache"]).optional(),
});

const objectStore = z
  .strictObject({
    ...place,
    images: z.strictObject({ server: image, client: image }),
    servers: z.int().optional(),
    drives: z.int().optional(),
    drive: quantity.optional(),
    memory: quantity.optional(),
    buckets: z.array(name).min(1),
  })
  .superRefine(({ servers = 6, drives = 2 }, context) => {
    const needed = erasureNeeded(servers, drives);
    if (needed) context.addIssue({ code: "custom", path: ["servers"], message: needed });
  });

const backup = z.strictObject({
  target: z.strictObject({
    bucket: z.string().min(3),
    region: z.string().optional(),
    endpoint: z
      .string()
      .regex(/^https:\/\//, 'a URL that begins with "https://"')
      .optional(),
    credentials: name.optional(),
    encryption: z.enum(["aws:kms", "AES256"]).optional(),
  }),
  rpo: z.string().optional(),
  rto: z.string().optional(),
  retentionDays: z.int().optional(),
  snapshots: z.boolean().optional(),
  restoreRate: z.number().positive().optional(),
});

const certificates = z.strictObject({
  namespace: name.optional(),
  acme: z
    .strictObject({
      email: z.string().regex(/^\S+@\S+$/, "a mailbox"),
      production: z.boolean().optional(),
      solver: z.union([
        z.strictObject({ route53Region: z.string().min(1) }),
        z.strictObject({ gateway: name, gatewayNamespace: name }),
      ]),
    })
    .optional(),
  formerRoots: z.array(name).optional(),
});

const secrets = z.strictObject({
  store: z.union([
    z.strictObject({ kind: z.literal("aws"), region: z.string().min(1), role: z.string().min(1).optional() }),
    z.strictObject({
      kind: z.literal("vault"),
      server: z.string().regex(/^https:\/\//, 'a URL that begins with "https://"'),
      path: z.string().min(1),
      role: z.string().min(1),
      account: z.strictObject({ namespace: name, name }),
    }),
  ]),
});

/** By key of the stack's config. All may be absent: a stack without stores has nothing to back up. */
export const dataSchemas = {
  backup: backup.optional(),
  certificates: certificates.optional(),
  secrets: secrets.optional(),
  postgres: postgres.optional(),
  mongodb: mongodb.optional(),
  redis: redis.optional(),
  objectStore: objectStore.optional(),
  s3: z.strictObject({ region: z.string().min(1), buckets: z.array(z.string().min(3)).min(1) }).optional(),
};
