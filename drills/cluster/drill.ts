import type { Course } from "../course";
import type { Drill, Sabotage, Settings } from "../drill";
import type { Kubectl } from "./jobs";

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
