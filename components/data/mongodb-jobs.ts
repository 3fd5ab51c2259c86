import { cronJobSpec } from "../backup/job";
import type { MongodbArgs } from "./mongodb-spec";
import { mongodbUser } from "./mongodb-set";

/** What runs every minute beside a replica set. */
export function mongodbJobs(a: MongodbArgs, labels: Record<string, string>) {
  const own = (suffix: string) => ({
    name: `${a.name}-${suffix}`,
    namespace: a.namespace,
    labels: { ...labels, "app.kubernetes.io/component": "job" },
  });
  const jobs = own("jobs");
  return {
    jobsAccount: { metadata: jobs, automountServiceAccountToken: false },
    heartbeat: cronJobSpec({
      metadata: own("heartbeat"),
      account: jobs.name,
      schedule: "* * * * *",
      steps: [shellStep(a, "beat", beat(a))],
      volumes: [authority(a)],
      room: "16Mi",
      deadlineSeconds: 50,
      user: mongodbUser,
    }),
  };
}

/** `mongosh` as the set's administrator; a replica set of the same users is spoken to by its own name. */
export const mongosh = (set: string, namespace: string, script: string) =>
  `mongosh --quiet "mongodb://${set}-rs0.${namespace}.svc.cluster.local/greenlight?replicaSet=rs0&authSource=admin" \\
  --tls --tlsCAFile /tls/ca.crt --username "$USER_NAME" --password "$PASSWORD" --eval '${script}'`;

/** A step of a job that runs `mongosh`. */
export const shellStep = (a: MongodbArgs, name: string, script: string) => ({
  name,
  image: a.images.server,
  script,
  env: [
    // It keeps its history and settings there; the image's own folder cannot be written.
    { name: "HOME", value: "/tmp" },
    ...["USER_NAME:USER", "PASSWORD:PASSWORD"].map(pair => {
      const [variable, key] = pair.split(":") as [string, string];
      return {
        name: variable,
        valueFrom: { secretKeyRef: { name: `${a.name}-users`, key: `MONGODB_DATABASE_ADMIN_${key}` } },
      };
    }),
  ],
  mounts: [{ name: "tls", mountPath: "/tls", readOnly: true }],
});

/** The authority that signs the certificates of the set, and of any other set under the same issuer. */
export const authority = (a: MongodbArgs) => ({ name: "tls", secret: { secretName: `${a.name}-ssl` } });

/** A document a minute, whose age after a restore says how much was lost; a drill's nonce is in it. */
const beat = (a: MongodbArgs) => `set -eu
${mongosh(
  a.name,
  a.namespace,
  `
    const nonce = process.env.NONCE ? { nonce: process.env.NONCE } : {};
    db.heartbeat.insertOne({ at: new Date(), ...nonce }, { writeConcern: { w: "majority", wtimeout: 10000 } });
    db.heartbeat.deleteMany({ at: { $lt: new Date(Date.now() - 7 * 86400000) } });`,
)}
`;
