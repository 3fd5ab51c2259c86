import * as fs from "node:fs";
import * as path from "node:path";
import type { Servers } from "./servers";

/** A certificate authority of a drill's own, and a leaf for its servers; PEM files. */
export interface Certificates {
  authority: string;
  certificate: string;
  key: string;
}

/** Makes them with openssl, good for a day, for these names and addresses. */
export async function makeCertificates(servers: Servers, names: string[], addresses: string[]): Promise<Certificates> {
  const dir = path.join(servers.dir, `tls-${names[0]}`);
  fs.mkdirSync(dir, { recursive: true });
  const at = (name: string) => path.join(dir, name);
  const openssl = async (...args: string[]) => {
    const { code, stderr } = await servers.run("openssl", args, { cwd: dir });
    if (code !== 0) throw new Error(`openssl ${args[0]} ended with ${code}: ${stderr.trim().split("\n").at(-1)}`);
  };
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await openssl(
    "req",
    "-x509",
    ...key,
    "-days",
    "1",
    "-subj",
    "/CN=drill",
    "-keyout",
    at("ca.key"),
    "-out",
    at("ca.crt"),
  );
  await openssl("req", ...key, "-subj", `/CN=${names[0]}`, "-keyout", at("tls.key"), "-out", at("tls.csr"));
  const also = [...names.map(name => `DNS:${name}`), ...addresses.map(address => `IP:${address}`)].join(",");
  fs.writeFileSync(at("leaf.ext"), `subjectAltName=${also}\nextendedKeyUsage=serverAuth,clientAuth\n`);
  const signed = [
    "-CA",
    at("ca.crt"),
    "-CAkey",
    at("ca.key"),
    "-CAcreateserial",
    "-days",
    "1",
    "-extfile",
    at("leaf.ext"),
  ];
  await openssl("x509", "-req", "-in", at("tls.csr"), ...signed, "-out", at("tls.crt"));
  fs.chmodSync(at("tls.key"), 0o600);
  return { authority: at("ca.crt"), certificate: at("tls.crt"), key: at("tls.key") };
}
