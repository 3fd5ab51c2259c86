import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { childOf } from "../component";

/** Where secrets come from: a store outside the cluster, or a generator inside it. */
export interface SecretsArgs {
  /** The system whose namespaces may read the store. */
  system: string;
  /** The store outside; without one only generated credentials can be had. */
  store?: SecretStoreArgs;
  /** Namespaces that may read the store, by name. */
  namespaces: string[];
  /** Secrets that services and workers read: made out of the store's entries of the same names. */
  wanted?: WantedSecret[];
}

/** A key of a Secret somebody's environment names. */
export interface WantedSecret {
  namespace: string;
  name: string;
  key: string;
}

export type SecretStoreArgs =
  | {
      kind: "aws";
      region: string;
      /** Role the operator assumes for this system alone; without it its own identity serves. */ role?: string;
    }
  | {
      kind: "vault";
      server: string;
      path: string;
      role: string;
      /** Namespace and name of the operator's service account. */ account: { namespace: string; name: string };
    };

/** The store every ExternalSecret of ours names. */
export const secretStore = { kind: "ClusterSecretStore", name: "platform" };

/** The store as plain data, or undefined where there is none. */
export function secretsSpec({ system, store, namespaces }: SecretsArgs) {
  if (!store) return undefined;
  return {
    apiVersion: "external-secrets.io/v1",
    kind: secretStore.kind,
    metadata: {
      name: secretStore.name,
      labels: { "app.kubernetes.io/part-of": system, "app.kubernetes.io/managed-by": "greenlight" },
    },
    spec: {
      // Nobody else's namespace can read our secrets by naming our store.
      conditions: [{ namespaces }],
      retrySettings: { maxRetries: 5, retryInterval: "10s" },
      provider:
        store.kind === "aws"
          ? { aws: { service: "SecretsManager", region: store.region, ...(store.role ? { role: store.role } : {}) } }
          : {
              vault: {
                server: store.server,
                path: store.path,
                version: "v2",
                auth: {
                  kubernetes: { mountPath: "kubernetes", role: store.role, serviceAccountRef: store.account },
                },
              },
            },
    },
  };
}

interface SecretMeta {
  name: string;
  namespace: string;
  labels: Record<string, string>;
}

/** A Secret out of the store, read again every quarter of an hour; deleted upstream, it stays here until replaced. */
export const externalSecretSpec = (
  { name, namespace, labels }: SecretMeta,
  keys: Record<string, string>,
  path: string,
) => ({
  apiVersion: "external-secrets.io/v1",
  kind: "ExternalSecret",
  metadata: { name, namespace, labels },
  spec: {
    refreshPolicy: "Periodic",
    refreshInterval: "15m",
    secretStoreRef: secretStore,
    target: { name, creationPolicy: "Owner", deletionPolicy: "Retain" },
    data: Object.entries(keys).map(([secretKey, property]) => ({ secretKey, remoteRef: { key: path, property } })),
  },
});

/** Credentials made inside the cluster, once: nobody has seen them, and no state of ours holds them. */
export function generatedSecretSpecs({ name, namespace, labels }: SecretMeta, keys: string[]) {
  const metadata = { name, namespace, labels };
  return {
    generator: {
      apiVersion: "generators.external-secrets.io/v1alpha1",
      kind: "Password",
      metadata,
      // Without symbols: such a password stands in URLs, ACL files and shell scripts as it is.
      spec: { length: 40, digits: 10, symbols: 0, noUpper: false, allowRepeat: true, secretKeys: keys },
    },
    secret: {
      apiVersion: "external-secrets.io/v1",
      kind: "ExternalSecret",
      metadata,
      spec: {
        refreshPolicy: "CreatedOnce",
        target: { name, creationPolicy: "Owner", deletionPolicy: "Retain" },
        dataFrom: [
          {
            sourceRef: {
              generatorRef: { apiVersion: "generators.external-secrets.io/v1alpha1", kind: "Password", name },
            },
          },
        ],
      },
    },
  };
}

/** One ExternalSecret for each Secret that is wanted, with all the keys that are wanted of it. */
export function wantedSecretSpecs({ system, wanted = [] }: SecretsArgs) {
  const places = [...new Set(wanted.map(one => `${one.namespace}/${one.name}`))];
  return places.map(place => {
    const [namespace, name] = place.split("/") as [string, string];
    const keys = wanted.filter(one => one.namespace === namespace && one.name === name).map(one => one.key);
    const labels = { "app.kubernetes.io/part-of": system, "app.kubernetes.io/managed-by": "greenlight" };
    return externalSecretSpec({ name, namespace, labels }, Object.fromEntries(keys.map(key => [key, key])), name);
  });
}

export class Secrets extends ComponentResource {
  constructor(name: string, args: SecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("greenlight:security:Secrets", name, args, opts);
    const spec = secretsSpec(args);
    const store = spec ? [new CustomResource(secretStore.name, spec, childOf(this))] : [];
    for (const one of wantedSecretSpecs(args))
      new CustomResource(`${one.metadata.namespace}-${one.metadata.name}`, one, {
        ...childOf(this),
        dependsOn: store,
      });
    this.registerOutputs({});
  }
}
