import type { Part } from "./pins";

/**
 * The custom resource definitions that the local API server holds our custom resources to, out of their makers' Go
 * modules (decision 9): of every operator the kinds that a program writes, not those its controller makes for itself. `components/versions.json` names the same versions beside those that are deployed.
 */
export interface CrdSource {
  /** Name in `components/versions.json`. */
  name: string;
  module: string;
  version: string;
  /** The module's checksum in the form of go.sum. */
  sum: string;
  files: string[];
}

const inFolder = (folder: string, prefix: string, names: string, extension = ".yaml"): string[] =>
  names.split(" ").map(name => `${folder}/${prefix}${name}${extension}`);

export const crdSources: CrdSource[] = [
  {
    name: "cert-manager",
    module: "github.com/cert-manager/cert-manager",
    version: "1.21.2",
    sum: "h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68=",
    files: inFolder("deploy/crds", "cert-manager.io_", "certificates clusterissuers issuers"),
  },
  {
    name: "trust-manager",
    module: "github.com/cert-manager/trust-manager",
    version: "0.22.1",
    sum: "h1:tTWaaY8SXm8des0BqX9+ptTcIzF3tvHAQUGzJ/C9g9k=",
    files: ["deploy/crds/trust.cert-manager.io_bundles.yaml"],
  },
  {
    name: "external-secrets",
    module: "github.com/external-secrets/external-secrets",
    version: "1.3.2",
    sum: "h1:u2J8RjlHIeF0oZCqtl92adI/uZWUwOesJIDkfql6LqQ=",
    files: [
      ...inFolder(
        "config/crds/bases",
        "external-secrets.io_",
        "clustersecretstores externalsecrets pushsecrets secretstores",
      ),
      "config/crds/bases/generators.external-secrets.io_passwords.yaml",
    ],
  },
  {
    name: "cloudnative-pg",
    module: "github.com/cloudnative-pg/cloudnative-pg",
    version: "1.29.1",
    sum: "h1:ZNEt1TMlnQKXI1kho2UqQuqdfvIvjGln4kN7C1lsmGA=",
    files: inFolder("config/crd/bases", "postgresql.cnpg.io_", "backups clusters databases poolers scheduledbackups"),
  },
  {
    name: "percona-server-mongodb-operator",
    module: "github.com/percona/percona-server-mongodb-operator",
    version: "1.22.0",
    sum: "h1:7iLJkmwa6AHSDTSY9q+g6/E53KrMF8p4uc/2NHrcN2g=",
    files: inFolder(
      "config/crd/bases",
      "psmdb.percona.com_",
      "perconaservermongodbbackups perconaservermongodbrestores perconaservermongodbs",
    ),
  },
  {
    name: "prometheus-operator",
    module: "github.com/prometheus-operator/prometheus-operator",
    version: "0.85.0",
    sum: "h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=",
    files: inFolder(
      "example/prometheus-operator-crd",
      "monitoring.coreos.com_",
      "alertmanagers podmonitors probes prometheuses prometheusrules servicemonitors",
    ),
  },
  {
    name: "gateway-api",
    module: "sigs.k8s.io/gateway-api",
    version: "1.6.1",
    sum: "h1:mock6phZbI6rvZerwrVNk7hVNymQgHo+6sJ81Ia7ftY=",
    files: inFolder(
      "config/crd/standard",
      "gateway.networking.k8s.io_",
      "backendtlspolicies gatewayclasses gateways grpcroutes httproutes referencegrants",
    ),
  },
  {
    name: "envoy-gateway",
    module: "github.com/envoyproxy/gateway",
    version: "1.9.1",
    sum: "h1:vAVp6/AlBXJ1aOhp1mxL7fNEzVEfjADUguUhm2wzxQY=",
    files: inFolder(
      "charts/gateway-helm/charts/crds/crds/generated",
      "gateway.envoyproxy.io_",
      "backends backendtrafficpolicies clienttrafficpolicies envoyproxies securitypolicies",
    ),
  },
  {
    name: "argo-rollouts",
    module: "github.com/argoproj/argo-rollouts",
    version: "1.9.1",
    sum: "h1:+oZciUkeJYVb1vPMOhat4JQlk525j/aT2yizEkVkjLs=",
    files: inFolder("manifests/crds", "", "analysis-template-crd rollout-crd"),
  },
  {
    name: "keda",
    module: "github.com/kedacore/keda/v2",
    version: "2.19.0",
    sum: "h1:IP3iMTwr9HkaAwPtLnhngPv74LghMf7ubLrsGLQo52M=",
    files: inFolder("config/crd/bases", "keda.sh_", "scaledobjects triggerauthentications"),
  },
  {
    name: "velero",
    module: "github.com/vmware-tanzu/velero",
    version: "1.18.1",
    sum: "h1:eV+urQYesy7tJLVkGM5fs9s/nfOWKtoFezcY1r8IjJM=",
    files: inFolder("config/crd/v1/bases", "velero.io_", "backupstoragelocations schedules"),
  },
  {
    // Written by the nightly audit, not by a program.
    name: "open-reports",
    module: "github.com/openreports/reports-api",
    version: "0.2.1",
    sum: "h1:g9KS3yle9Y1elmww4TK9EkD1rl6inIaiIJPX6e+u680=",
    files: inFolder("config/crd", "openreports.io_", "clusterreports"),
  },
];

export const crdPart: Part = {
  name: "crds",
  version: `of-${crdSources.length}-operators`,
  purpose: "the custom resource definitions that the local stack checks against",
  programs: [],
  go: [],
  goFiles: crdSources.map(({ module, version, sum, files }) => ({
    module: `${module}@v${version}`,
    sum,
    files,
    executable: false,
  })),
};
