import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Programs } from "./drill";
import type { Done, Server, Servers } from "./servers";
import { answers, freePort, until } from "./servers";
import { makeCertificates } from "./tls";

/** An S3 bucket on a real server, with TLS, versions and object lock: where backups go. */
export interface Bucket {
  name: string;
  url: string;
  /** What an S3 client needs to know, as the jobs of `components/backup/` hand it over. */
  env: NodeJS.ProcessEnv;
  /** The store's own client. */
  mc: (...args: string[]) => Promise<Done>;
  server: Server;
  /** Stops the server; it comes back with the same data. */
  goAway: () => Promise<void>;
  comeBack: () => Promise<void>;
  version: string;
}

/** Starts a server with an empty bucket. */
export async function startBucket(servers: Servers, programs: Programs, name: string): Promise<Bucket> {
  const port = await freePort();
  const dir = path.join(servers.dir, "bucket");
  const [user, password] = ["drill", randomBytes(16).toString("hex")];
  const { authority, certificate, key } = await makeCertificates(servers, ["bucket"], ["127.0.0.1"]);
  const certs = path.join(dir, "certs");
  fs.mkdirSync(path.join(certs, "CAs"), { recursive: true });
  fs.copyFileSync(certificate, path.join(certs, "public.crt"));
  fs.copyFileSync(key, path.join(certs, "private.key"));
  fs.copyFileSync(authority, path.join(certs, "CAs", "ca.crt"));
  const url = `https://127.0.0.1:${port}`;
  const start = async () => {
    const server = servers.start(
      "bucket",
      path.join(programs.objectStore, "minio"),
      ["server", path.join(dir, "data"), "--certs-dir", certs, "--address", `127.0.0.1:${port}`],
      {
        env: {
          MINIO_ROOT_USER: user,
          MINIO_ROOT_PASSWORD: password,
          MINIO_BROWSER: "off",
          // Keys for encryption at rest come from the server itself here; on AWS from KMS.
          MINIO_KMS_SECRET_KEY: `drill:${randomKey(dir)}`,
        },
      },
    );
    if (!(await until(() => answers("127.0.0.1", port), 30_000)))
      throw new Error(`the bucket's server did not start: ${fs.readFileSync(server.log, "utf8").slice(-300)}`);
    return server;
  };
  const config = path.join(dir, "mc");
  fs.mkdirSync(path.join(config, "certs", "CAs"), { recursive: true });
  fs.copyFileSync(authority, path.join(config, "certs", "CAs", "ca.crt"));
  const client = path.join(programs.objectStore, "mc");
  const mc = (...args: string[]) => servers.run(client, ["--config-dir", config, ...args], { timeoutMs: 60_000 });
  const bucket: Bucket = {
    ...{ name, url, mc },
    env: {
      BUCKET: name,
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: user,
      AWS_SECRET_ACCESS_KEY: password,
      AWS_REGION: "us-east-1",
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_CA_BUNDLE: authority,
      // Stores other than AWS's own refuse checksums that newer clients add unasked.
      AWS_REQUEST_CHECKSUM_CALCULATION: "when_required",
      AWS_RESPONSE_CHECKSUM_VALIDATION: "when_required",
    },
    server: await start(),
    goAway: () => bucket.server.stop("SIGKILL"),
    comeBack: async () => void (bucket.server = await start()),
    version: (await servers.run(path.join(programs.objectStore, "minio"), ["--version"])).stdout.split("\n")[0] ?? "",
  };
  const need = async (...args: string[]) => {
    const { code, stdout, stderr } = await mc(...args);
    if (code !== 0) throw new Error(`mc ${args[0]} ended with ${code}: ${(stderr || stdout).trim()}`);
  };
  await until(async () => (await mc("alias", "set", "bucket", url, user, password)).code === 0, 30_000, 300);
  await need("mb", "--with-lock", `bucket/${name}`);
  await need("retention", "set", "--default", "GOVERNANCE", "1d", `bucket/${name}`);
  return bucket;
}

/** One key a server, kept where it is kept: after a restart it has to read what it wrote. */
function randomKey(dir: string): string {
  const file = path.join(dir, "kms");
  if (!fs.existsSync(file)) fs.writeFileSync(file, randomBytes(32).toString("base64"));
  return fs.readFileSync(file, "utf8");
}
