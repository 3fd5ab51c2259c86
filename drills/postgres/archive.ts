import * as path from "node:path";
import type { Bucket } from "../bucket";
import type { Room, Settings } from "../drill";
import { needed } from "../drill";
import { asUser } from "./server";

/** Command lines of barman's cloud programs, with the options that the component's ObjectStore sets for CloudNativePG's plugin. */
export function barman(room: Room, settings: Settings, bucket: Bucket) {
  const { spec, args } = needed(settings, "postgres");
  const { wal, data } = spec.archive.spec.configuration;
  const encryption = ["--encryption", wal.encryption];
  const endpoint = ["--cloud-provider", "aws-s3", "--endpoint-url", bucket.url];
  const destination = [`s3://${bucket.name}/postgres/${args.name}`, args.name];
  const at = (program: string) => path.join(room.programs.barman, program);
  return {
    archive: [at("barman-cloud-wal-archive"), ...endpoint, `--${wal.compression}`, ...encryption, ...destination],
    backup: (socket: string, port: number) => ({
      program: at("barman-cloud-backup"),
      args: [
        ...["--host", socket, "--port", String(port), "--user", "postgres", "--immediate-checkpoint"],
        ...[...endpoint, `--${data.compression}`, "--jobs", String(data.jobs), ...encryption, ...destination],
      ],
    }),
    list: { program: at("barman-cloud-backup-list"), args: [...endpoint, "--format", "json", ...destination] },
  };
}

/** The script of the component's restore job, with this machine's places for the pod's. */
export function restoreScript(settings: Settings, places: { scratch: string; socket: string; port: number }): string {
  const [container] = needed(settings, "postgres").spec.drill.spec.jobTemplate.spec.template.spec.containers;
  return container!.command[2]!.replaceAll("/scratch", places.scratch)
    .replaceAll("-k /tmp", `-k ${places.socket}`)
    .replaceAll("-h /tmp", `-h ${places.socket}`)
    .replaceAll("6400", String(places.port));
}

/** Runs a script as the pod's shell would, with PostgreSQL's and barman's programs on PATH. */
export function runScript(room: Room, script: string, env: NodeJS.ProcessEnv) {
  const PATH = [room.programs.postgres, room.programs.barman, process.env.PATH ?? ""].join(path.delimiter);
  return room.servers.run(...asUser("/bin/sh", ["-c", script]), {
    env: { ...env, PATH, PGUSER: "postgres" },
    timeoutMs: 400_000,
  });
}
