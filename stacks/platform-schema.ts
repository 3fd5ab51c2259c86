import { z } from "zod";
import { tiers } from "../model/tier";

/** The part of a stack's config about the door, what is outside, what watches, and who may do what. */

const name = z.string().regex(/^[a-z]([-a-z0-9]{0,40}[a-z0-9])?$/, "a DNS label of at most 42 characters");
const image = z.string().min(1);
const quantity = z.string().min(1);
const host = z.string().regex(/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/, "a host name such as api.example.com");
const network = z.string().regex(/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/, 'a network such as "203.0.113.0/24"');
const percent = z.number().gt(0).lt(100);

const traffic = {
  timeout: z.string().optional(),
  rateLimit: z
    .union([
      z.enum(["strict", "standard", "bulk"]),
      z.strictObject({ requests: z.int().min(1), per: z.enum(["Second", "Minute", "Hour"]) }),
    ])
    .optional(),
  retries: z.int().optional(),
  maxParallel: z.int().optional(),
  maxBody: quantity.optional(),
};

export const expose = z.strictObject({
  host,
  path: z.string().regex(/^\//, 'a path that begins with "/"').optional(),
  ...traffic,
});

export const serviceObjective = z.strictObject({
  availability: percent.optional(),
  latencyMs: z.int().min(1).optional(),
  latencyTarget: percent.optional(),
});

const secretRefs = z.record(z.string(), z.strictObject({ name, key: z.string().min(1) }));

export const workerSchema = z.strictObject({
  name,
  namespace: name,
  image,
  minReplicas: z.int().min(1).optional(),
  maxReplicas: z.int().min(1).optional(),
  jobsPerPod: z.int().optional(),
  drainSeconds: z.int().min(1).max(3_600).optional(),
  cpu: quantity.optional(),
  memory: quantity.optional(),
  port: z.int().min(1).max(65_535).optional(),
  env: z.record(z.string(), z.string()).optional(),
  secrets: secretRefs.optional(),
  tier: z.enum(tiers).optional(),
  objective: z
    .strictObject({
      success: percent.optional(),
      withinSeconds: z.int().min(1).optional(),
      target: percent.optional(),
    })
    .optional(),
});

export const deliverySchemas = {
  expose: expose.optional(),
  secrets: secretRefs.optional(),
  importance: z.enum(["important", "ordinary", "background"]).optional(),
  strategy: z.enum(["rolling", "canary", "blueGreen"]).optional(),
  tier: z.enum(tiers).optional(),
  objective: serviceObjective.optional(),
  tls: z.boolean().optional(),
};

const gateway = z.strictObject({
  images: z.strictObject({ proxy: image }),
  hosts: z.array(host).min(1),
  issuer: z.enum(["public", "internal"]).optional(),
  allowFrom: z.array(network).min(1).optional(),
  replicas: z.int().min(1).optional(),
  maxReplicas: z.int().min(1).optional(),
  cpu: quantity.optional(),
  memory: quantity.optional(),
});

const dependency = z.strictObject({
  name,
  host: z.string().min(1),
  port: z.int().min(1).max(65_535).optional(),
  sla: z.number().optional(),
  clients: z.array(z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, "a service or worker, as namespace/name")),
  fallback: z
    .strictObject({
      status: z.int().min(200).max(599).optional(),
      contentType: z.string().optional(),
      body: z.string(),
    })
    .optional(),
  probePath: z.string().regex(/^\//, 'a path that begins with "/"').optional(),
  ...traffic,
});

const observability = z.strictObject({
  images: z.strictObject({
    prometheus: image,
    alertmanager: image,
    collector: image,
    jaeger: image,
    loki: image,
    alloy: image,
    grafana: image,
    blackbox: image,
  }),
  prometheus: z
    .strictObject({
      storage: quantity.optional(),
      retention: z.string().optional(),
      memory: quantity.optional(),
      storageClass: name.optional(),
    })
    .optional(),
  tracing: z.strictObject({
    storage: z.union([
      z.strictObject({
        kind: z.literal("opensearch"),
        url: z.string().regex(/^https:\/\//, 'a URL that begins with "https://"'),
        credentials: name,
      }),
      z.strictObject({ kind: z.literal("memory") }),
    ]),
    samplePercent: z.number().gt(0).max(100).optional(),
    slowMs: z.int().min(1).optional(),
    days: z.int().min(1).optional(),
  }),
  logs: z.strictObject({
    bucket: z.string().min(3),
    region: z.string().min(1),
    endpoint: z
      .string()
      .regex(/^https:\/\//, 'a URL that begins with "https://"')
      .optional(),
    credentials: name.optional(),
    days: z.int().min(1).optional(),
  }),
  host: host.optional(),
});

/** By key of the stack's config; all may be absent. */
export const platformSchemas = {
  operators: z
    .array(
      z.enum([
        "certificates",
        "secrets",
        "postgres",
        "mongodb",
        "monitoring",
        "gateway",
        "scaling",
        "rollouts",
        "velero",
      ]),
    )
    .optional(),
  storageClasses: z.literal("ebs").optional(),
  access: z
    .strictObject({ readers: z.array(z.string()).optional(), operators: z.array(z.string()).optional() })
    .optional(),
  workers: z.array(workerSchema).optional(),
  gateway: gateway.optional(),
  dependencies: z.array(dependency).optional(),
  observability: observability.optional(),
};
