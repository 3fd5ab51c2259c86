import { at, notKnown, system } from "../../engine/example";
import type { PodSpec } from "../../engine/kubernetes";
import { pods } from "../../engine/kubernetes";
import { defineRule } from "../../engine/rule";
import type { Volume } from "../../engine/stores";

type Pod = PodSpec & { volumes?: Volume[] };

const volumes = `${at.pod}.volumes`;

export const scratchBounded = defineRule<Pod>({
  id: "GL-RES-03",
  slug: "scratch-bounded",
  title: "Scratch space has a size.",
  why: "An emptyDir without a size fills the node's disk, and the node evicts everybody.",
  fix: "Set emptyDir.sizeLimit.",
  severity: "medium",
  requirements: ["S-135"],
  items: ["B.1.2"],
  mappings: ["NIST:SC-5"],
  scope: "resource",
  inspects: "pod",
  subjects: pods,
  check: pod =>
    (pod.volumes ?? []).flatMap((volume, index) =>
      volume.emptyDir !== undefined && volume.emptyDir.sizeLimit === undefined
        ? [{ path: `volumes[${index}].emptyDir.sizeLimit`, value: undefined, needed: "a size" }]
        : [],
    ),
  examples: () => [
    { name: "no scratch space", given: system(), want: "met" },
    {
      name: "with a size",
      given: system(["Deployment", volumes, [{ name: "tmp", emptyDir: { sizeLimit: "64Mi" } }]]),
      want: "met",
    },
    {
      name: "without",
      given: system(["Deployment", volumes, [{ name: "tmp", emptyDir: {} }]]),
      want: "not met",
      says: "sizeLimit is missing",
    },
    { name: "not known yet", given: system(["Deployment", volumes, notKnown.array]), want: "unverifiable" },
  ],
});
