import { backupPlan } from "../../components/backup/plan";
import type { ServiceArgs } from "../../components/delivery/service";
import type { WorkerArgs } from "../../components/delivery/worker";
import type { DependencyArgs } from "../../components/gateway/dependency";
import type { GatewayArgs } from "../../components/gateway/gateway";
import type { RouteArgs } from "../../components/gateway/route";

/** Sound arguments of every part, the base of their tests: change one thing, and see. */

export const system = "shop";
export const plan = backupPlan(
  { target: { bucket: "backups", region: "eu-central-1" } },
  { postgres: "20Gi", mongodb: "20Gi", redis: "4Gi", objectStore: "20Gi" },
);
export const digest = `x@sha256:${"a".repeat(64)}`;
export const gateway: GatewayArgs = { system, images: { proxy: digest }, hosts: ["api.example.com"] };
export const route: RouteArgs = { service: "api", system, namespace: "shop", host: "api.example.com", tls: true };
export const dependency: DependencyArgs = { name: "ai", system, host: "ai.example.com", clients: ["shop/api"] };
export const service: ServiceArgs = { name: "api", system, namespace: "shop", image: digest };
export const worker: WorkerArgs = { name: "ai", system, namespace: "shop", image: digest };
export const mongodb = {
  name: "docs",
  system,
  namespace: "data",
  images: { server: digest, backup: digest, exporter: digest, kubectl: digest },
};
export const oncall = { page: { kind: "webhook" as const }, repeatMinutes: 15, ticketHours: 24 };
