import { crdPart } from "./crds";
import type { Platform } from "./platform";

/** Everything the local stack runs that npm does not bring, and where it may come from (decision 6). */
export interface Part {
  name: string;
  version: string;
  /** What the part is for; shown while it is fetched. */
  purpose: string;
  /** Executables the part holds. The part is complete when all are there. */
  programs: string[];
  /** When programs on PATH will do: the first is asked for its version and must be in the range. */
  onPath?: { args: string[]; atLeast: string; below: string };
  /** Where its makers publish it, with the checksum beside it. Parts without published checksums have none. */
  vendor?: (platform: Platform) => VendorFile[] | undefined;
  /** How it is built from Go modules; versions and checksums stand in `go/<module>/go.mod` and `go.sum`. */
  go: GoBuild[];
  /** Files copied out of a Go module as they are; `sum` is the module's checksum in the form of go.sum. */
  goFiles?: { module: string; sum: string; files: string[]; executable: boolean }[];
}

export interface VendorFile {
  url: string;
  /** A file that lists the SHA-256 of `url`: alone, or as `<hash>  <file name>` lines. */
  checksumUrl: string;
  /** Executables to take: of an archive the members with these base names, else the file itself under this name. */
  programs: string[];
}

export interface GoBuild {
  /** Folder of go.mod and go.sum below `go/`. */
  module: string;
  package: string;
  program: string;
  /** `-X` values that make the program report its version. */
  stamps?: Record<string, string>;
  /** Files beside the program's source that its makers generate before they build, and that its module lacks: JSON of its own, compact, with a version in it. */
  generated?: { from: string; to: string; version?: string }[];
}

const pulumi = "3.217.0";
const kubernetes = "1.36.3";
const etcd = "3.7.3";
const kwok = "0.8.0";

const kubernetesPrograms = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl"];

/** In the order in which they are wanted: the engine can begin while the control plane is still being built. */
export const parts: Part[] = [
  {
    name: "pulumi",
    version: pulumi,
    purpose: "the Pulumi engine",
    programs: ["pulumi", "pulumi-language-nodejs", "pulumi-analyzer-policy", "pulumi-resource-pulumi-nodejs"],
    onPath: { args: ["version"], atLeast: pulumi, below: "4.0.0" },
    vendor: ({ os, arch }) => {
      const cpu = arch === "amd64" ? "x64" : arch;
      return [
        {
          url: `https://get.pulumi.com/releases/sdk/pulumi-v${pulumi}-${os}-${cpu}.tar.gz`,
          checksumUrl: `https://github.com/pulumi/pulumi/releases/download/v${pulumi}/pulumi-${pulumi}-checksums.txt`,
          programs: ["pulumi", "pulumi-language-nodejs", "pulumi-analyzer-policy", "pulumi-resource-pulumi-nodejs"],
        },
      ];
    },
    go: [
      {
        module: "pulumi",
        package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        program: "pulumi",
        stamps: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${pulumi}` },
      },
      {
        module: "pulumi-language-nodejs",
        package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
        program: "pulumi-language-nodejs",
      },
    ],
    goFiles: [
      {
        module: `github.com/pulumi/pulumi/sdk/v3@v${pulumi}`,
        sum: "h1:S/gWOMtpgHarSkQD43gBBoEAmGLgXYJcwGHrnPRrGyY=",
        files: ["nodejs/dist/pulumi-analyzer-policy", "nodejs/dist/pulumi-resource-pulumi-nodejs"],
        executable: true,
      },
    ],
  },
  {
    name: "etcd",
    version: etcd,
    purpose: "the control plane's store",
    programs: ["etcd"],
    onPath: { args: ["--version"], atLeast: "3.6.0", below: "4.0.0" },
    vendor: ({ os, arch }) =>
      os !== "linux"
        ? undefined
        : [
            {
              url: `https://github.com/etcd-io/etcd/releases/download/v${etcd}/etcd-v${etcd}-${os}-${arch}.tar.gz`,
              checksumUrl: `https://github.com/etcd-io/etcd/releases/download/v${etcd}/SHA256SUMS`,
              programs: ["etcd"],
            },
          ],
    go: [{ module: "etcd", package: "go.etcd.io/etcd/server/v3", program: "etcd" }],
  },
  {
    name: "kwok",
    version: kwok,
    purpose: "the nodes, without machines behind them",
    programs: ["kwok", "kwokctl"],
    onPath: { args: ["--version"], atLeast: kwok, below: "0.9.0" },
    go: ["kwok", "kwokctl"].map(program => ({
      module: "kwok",
      package: `sigs.k8s.io/kwok/cmd/${program}`,
      program,
      stamps: { "sigs.k8s.io/kwok/pkg/consts.Version": `v${kwok}` },
    })),
  },
  {
    name: "kubernetes",
    version: kubernetes,
    purpose: "the API server, controllers, scheduler and kubectl",
    programs: kubernetesPrograms,
    onPath: { args: ["--version"], atLeast: "1.36.0", below: "1.37.0" },
    // The servers are published for Linux only.
    vendor: ({ os, arch }) =>
      os !== "linux"
        ? undefined
        : kubernetesPrograms.map(program => ({
            url: `https://dl.k8s.io/v${kubernetes}/bin/${os}/${arch}/${program}`,
            checksumUrl: `https://dl.k8s.io/v${kubernetes}/bin/${os}/${arch}/${program}.sha256`,
            programs: [program],
          })),
    go: kubernetesPrograms.map(program => ({
      module: "kubernetes",
      package: `k8s.io/kubernetes/cmd/${program}`,
      program,
      stamps: {
        "k8s.io/component-base/version.gitVersion": `v${kubernetes}`,
        "k8s.io/component-base/version.gitMajor": kubernetes.split(".")[0]!,
        "k8s.io/component-base/version.gitMinor": kubernetes.split(".")[1]!,
      },
    })),
  },
  crdPart,
];

export type PartName = "pulumi" | "etcd" | "kwok" | "kubernetes" | "crds" | "minio" | "argo-rollouts" | "k6";
