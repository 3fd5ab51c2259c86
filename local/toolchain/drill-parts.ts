import * as fs from "node:fs";
import * as path from "node:path";
import type { Part } from "./pins";
import type { PythonPart } from "./python-packages";
import { ensurePython, folderOf, missing } from "./python-packages";

/** What drills run besides the local stack, and where it comes from (decision 6). */
export const objectStorePart: Part = {
  name: "minio",
  version: "2026-02-12",
  purpose: "the object store and its client, for drills",
  programs: ["minio", "mc"],
  go: [
    { module: "minio", package: "github.com/minio/minio", program: "minio" },
    { module: "minio", package: "github.com/minio/mc", program: "mc" },
  ],
};

/** Makes load, for drills. */
export const loadPart: Part = {
  name: "k6",
  version: "1.8.1",
  purpose: "the load generator, for drills",
  programs: ["k6"],
  onPath: { args: ["version"], atLeast: "1.0.0", below: "2.0.0" },
  go: [{ module: "k6", package: "go.k6.io/k6", program: "k6" }],
};

const rollouts = "1.9.1";
const rolloutsKinds = ["rollout", "analysis-run", "analysis-template", "cluster-analysis-template", "experiment"];

/** The controller of releases with the definitions of its kinds. */
export const rolloutsPart: Part = {
  name: "argo-rollouts",
  version: rollouts,
  purpose: "the controller of releases, for drills",
  programs: ["rollouts-controller"],
  go: [
    {
      module: "argo-rollouts",
      package: "github.com/argoproj/argo-rollouts/cmd/rollouts-controller",
      program: "rollouts-controller",
      stamps: { "github.com/argoproj/argo-rollouts/utils/version.version": rollouts },
    },
  ],
  goFiles: [
    {
      module: `github.com/argoproj/argo-rollouts@v${rollouts}`,
      sum: "h1:+oZciUkeJYVb1vPMOhat4JQlk525j/aT2yizEkVkjLs=",
      files: rolloutsKinds.map(kind => `manifests/crds/${kind}-crd.yaml`),
      executable: false,
    },
  ],
};

const barman: PythonPart = {
  ...{ name: "barman", what: "barman's cloud programs", program: "barman-cloud-restore", debian: "barman-cli-cloud" },
};
const awscli: PythonPart = { ...{ name: "awscli", what: "the client of S3", program: "aws", debian: "awscli" } };

export const ensureBarman = (say: (text: string) => void): Promise<string> => ensurePython(barman, say);
export const ensureAwsCli = (say: (text: string) => void): Promise<string> => ensurePython(awscli, say);

/** Folder of PostgreSQL's server programs: on PATH, else where distributions put them; the newest. */
export function findPostgres(): string {
  const programs = ["initdb", "postgres", "pg_ctl", "pg_basebackup", "pg_rewind", "pgbench", "psql"];
  const onPath = folderOf(...programs);
  if (onPath) return onPath;
  const places = ["/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt"];
  const found = places
    .flatMap(place => (fs.existsSync(place) ? fs.readdirSync(place).map(name => path.join(place, name, "bin")) : []))
    .filter(dir => programs.every(program => fs.existsSync(path.join(dir, program))))
    .sort((a, b) => Number(/(\d+)/.exec(b)?.[1]) - Number(/(\d+)/.exec(a)?.[1]));
  if (found[0]) return found[0];
  throw missing("PostgreSQL's server", "on no PATH", "postgresql");
}

/** Folder of a Redis-compatible server and its command line. */
export function findRedis(): string {
  for (const server of ["valkey-server", "redis-server"]) {
    const dir = folderOf(server);
    if (dir) return dir;
  }
  throw missing("a Redis-compatible server", "on no PATH", "redis-server");
}

/** Folder of Prometheus' server. */
export function findPrometheus(): string {
  const dir = folderOf("prometheus");
  if (dir) return dir;
  throw missing("Prometheus' server", "on no PATH", "prometheus");
}
