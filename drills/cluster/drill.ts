import type { Course } from "../course";
import { RepairFailed } from "../course";
import type { Drill, Sabotage, Settings } from "../drill";
import { needed } from "../drill";
import type { Kubectl, RanJob } from "./jobs";

/** What a drill in a cluster is given. */
export interface ClusterRoom {
  kubectl: Kubectl;
  course: Course;
  nonce: string;
  sabotage?: string | undefined;
  /** Ends the waiting when the command is interrupted. */
  signal?: AbortSignal | undefined;
}

/** A drill of a store where it is deployed: by its component's own jobs, asked for and looked at with kubectl. */
export interface ClusterDrill extends Pick<Drill, "id" | "title" | "kind" | "requirements" | "steps"> {
  store: "postgres" | "mongodb" | "redis" | "objectStore";
  sabotages: Record<string, Sabotage>;
  /** What it breaks of what serves; one that says so is run only by name, and with a word more. */
  breaks?: string;
  /** @returns nodes by job, and digests of the images that really ran */
  run: (room: ClusterRoom, settings: Settings) => Promise<{ engines: Record<string, string>; images: string[] }>;
}

/** The sabotage that both kinds know: what is written is another drill's. */
export const anotherNonce = { what: "the data holds the nonce of another drill", comesTo: "invalid" } as const;

/** The nonce that goes into the data: this drill's, unless that is what is done wrong. */
export const writtenNonce = ({ nonce, sabotage }: ClusterRoom): string =>
  sabotage === "another nonce" ? nonce.split("").reverse().join("") : nonce;

/** Where a store is in the cluster. */
export function placeOf(settings: Settings, store: ClusterDrill["store"]): { name: string; namespace: string } {
  const { args } = needed(settings, store) as { args: { name?: string; namespace?: string } };
  return { name: args.name ?? store, namespace: args.namespace ?? "data" };
}

/** Refuses a job that did not succeed, by its reason and what it said last. */
export function refuseFailed({ name, succeeded, reason, log }: RanJob): void {
  if (succeeded) return;
  const last = log.trim().split("\n").slice(-2).join(" / ").slice(-300);
  throw new RepairFailed(`${name} did not succeed: ${reason}${last ? ` (${last})` : ""}`);
}
