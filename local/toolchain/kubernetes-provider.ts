import type { Part } from "./pins";

const module = "github.com/pulumi/pulumi-kubernetes/provider/v4";
/** What it says it is: of the commit of 15 January 2026, the only one whose module can be had. */
const version = "4.25.0-alpha.1768448096";

/**
 * The official Kubernetes provider, built from its makers' module as they build it: the module lacks two files that are made from
 * others in it, so they are made here (docs/decisions/0021). It is built only when somebody asks for it.
 */
export const kubernetesProviderPart: Part = {
  name: "kubernetes-provider",
  version,
  purpose: "the official Kubernetes provider",
  programs: ["pulumi-resource-kubernetes"],
  go: [
    {
      module: "pulumi-kubernetes",
      package: `${module}/cmd/pulumi-resource-kubernetes`,
      program: "pulumi-resource-kubernetes",
      stamps: { [`${module}/pkg/version.Version`]: version },
      generated: [
        { from: "schema.json", to: "schema-embed.json", version },
        { from: "terraform-mapping.json", to: "terraform-mapping-embed.json" },
      ],
    },
  ],
};
