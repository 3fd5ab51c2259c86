import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { childOf } from "../component";

/** Who signs what inside the cluster, and at its edge (S-165). */
export interface CertificatesArgs {
  /** The system the authority belongs to; its name stands in every root. */
  system: string;
  /** Namespace of cert-manager, where cluster issuers look for their keys. @default "cert-manager" */
  namespace?: string;
  /** Public certificates; without it there are none. */
  acme?: AcmeArgs;
  /** Namespaces that get the bundle of roots, by label. @default all of this system */
  trustSelector?: Record<string, string>;
  /** Secrets of the trust namespace that hold roots which are going; trusted until their last leaf has gone. */
  formerRoots?: string[];
}

export interface AcmeArgs {
  /** Mailbox the authority writes to. */
  email: string;
  /** True for certificates browsers trust; else the authority's staging service. @default false */
  production?: boolean;
  /** DNS zone of Route 53 for wildcard names, or the Gateway through which HTTP challenges are answered. */
  solver: { route53Region: string } | { gateway: string; gatewayNamespace: string };
}

/** The issuer every leaf of ours names. */
export const internalIssuer = { group: "cert-manager.io", kind: "ClusterIssuer", name: "internal-ca" };
/** The ConfigMap with the roots in each namespace, and its key. */
export const trustBundle = { name: "internal-roots", key: "ca.crt" };

/** Renewal at two thirds of a lifetime, whatever that is: public lifetimes shrink, and a fixed lead would not. */
const renewBeforePercentage = 33;

const letsEncrypt = {
  production: "https://acme-v02.api.letsencrypt.org/directory",
  staging: "https://acme-staging-v02.api.letsencrypt.org/directory",
};

/** A certificate of the internal authority; its key changes at every renewal. Source: cert-manager.io/docs/usage. */
export const leafSpec = (args: {
  name: string;
  namespace: string;
  labels: Record<string, string>;
  dnsNames: string[];
  usages?: ("server auth" | "client auth")[];
  /** @default the internal authority */
  issuerRef?: typeof internalIssuer;
}) => ({
  apiVersion: "cert-manager.io/v1",
  kind: "Certificate",
  metadata: { name: args.name, namespace: args.namespace, labels: args.labels },
  spec: {
    secretName: `${args.name}-tls`,
    dnsNames: args.dnsNames,
    duration: "2160h",
    renewBeforePercentage,
    revisionHistoryLimit: 3,
    privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
    usages: args.usages ?? ["server auth", "client auth"],
    issuerRef: args.issuerRef ?? internalIssuer,
  },
});

/** Root, intermediate, issuers and trust as plain data. */
export function certificatesSpec(args: CertificatesArgs) {
  const namespace = args.namespace ?? "cert-manager";
  const labels = { "app.kubernetes.io/part-of": args.system, "app.kubernetes.io/managed-by": "greenlight" };
  const issuer = (name: string, spec: object) => ({
    apiVersion: "cert-manager.io/v1",
    kind: "ClusterIssuer",
    metadata: { name, labels },
    spec,
  });
  const authority = (name: string, duration: string, rotationPolicy: string, signer: string) => ({
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    metadata: { name, namespace, labels },
    spec: {
      isCA: true,
      commonName: `${args.system} ${name}`,
      secretName: name,
      duration,
      renewBeforePercentage,
      revisionHistoryLimit: 3,
      privateKey: { algorithm: "ECDSA", size: 384, rotationPolicy },
      usages: ["cert sign", "crl sign", "digital signature"],
      issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: signer },
    },
  });
  return {
    bootstrap: issuer("internal-bootstrap", { selfSigned: {} }),
    // The root's key stays: a new one at renewal would cut off everybody who trusts the old.
    root: authority("internal-root", "87600h", "Never", "internal-bootstrap"),
    rootIssuer: issuer("internal-root", { ca: { secretName: "internal-root" } }),
    intermediate: authority("internal-intermediate", "8760h", "Always", "internal-root"),
    intermediateIssuer: issuer(internalIssuer.name, { ca: { secretName: "internal-intermediate" } }),
    bundle: {
      apiVersion: "trust.cert-manager.io/v1alpha1",
      kind: "Bundle",
      metadata: { name: trustBundle.name, labels },
      spec: {
        sources: ["internal-root", ...(args.formerRoots ?? [])].map(name => ({ secret: { name, key: "tls.crt" } })),
        target: {
          configMap: { key: trustBundle.key },
          namespaceSelector: { matchLabels: args.trustSelector ?? { "app.kubernetes.io/part-of": args.system } },
        },
      },
    },
    acme: args.acme && issuer("public", { acme: acmeSpec(args.acme) }),
  };
}

function acmeSpec({ email, production, solver }: AcmeArgs) {
  const challenge =
    "route53Region" in solver
      ? { dns01: { route53: { region: solver.route53Region } } }
      : {
          http01: {
            gatewayHTTPRoute: {
              parentRefs: [{ name: solver.gateway, namespace: solver.gatewayNamespace, kind: "Gateway" }],
            },
          },
        };
  return {
    email,
    server: letsEncrypt[production ? "production" : "staging"],
    privateKeySecretRef: { name: "public-account" },
    solvers: [challenge],
  };
}

export class Certificates extends ComponentResource {
  constructor(name: string, args: CertificatesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("greenlight:security:Certificates", name, args, opts);
    const spec = certificatesSpec(args);
    const own = childOf(this);
    // Losing the root means new trust everywhere: neither a mistake nor a destroy takes it away.
    const kept = { ...own, protect: true, retainOnDelete: true };
    const bootstrap = new CustomResource("internal-bootstrap", spec.bootstrap, own);
    const root = new CustomResource("internal-root-certificate", spec.root, { ...kept, dependsOn: [bootstrap] });
    const rootIssuer = new CustomResource("internal-root", spec.rootIssuer, { ...own, dependsOn: [root] });
    const intermediate = new CustomResource("internal-intermediate", spec.intermediate, {
      ...own,
      dependsOn: [rootIssuer],
    });
    new CustomResource("internal-ca", spec.intermediateIssuer, { ...own, dependsOn: [intermediate] });
    new CustomResource(trustBundle.name, spec.bundle, { ...own, dependsOn: [root] });
    if (spec.acme) new CustomResource("public", spec.acme, own);
    this.registerOutputs({});
  }
}
