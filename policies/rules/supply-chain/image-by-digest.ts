import { demandRule } from "../../engine/demand";
import { at, notKnown, system } from "../../engine/example";

export const imageByDigest = demandRule({
  id: "GL-IMG-01",
  slug: "image-by-digest",
  title: "Every image is named by its digest.",
  why: "A tag can be moved: what was tested, what runs and what a rollback brings back may then be three images.",
  fix: "Write the image as name:tag@sha256:<digest>, with the digest that the pipeline tested.",
  severity: "high",
  requirements: ["S-154", "S-169"],
  items: ["D.3.1", "F.5"],
  mappings: ["NIST:SI-7", "NIST:SR-4", "SOC2:CC8.1"],
  inspects: "container",
  showable: ["image"],
  demand: {
    clauses: [
      {
        of: "container",
        path: "image",
        want: { matches: "^[^@\\s]+@sha256:[0-9a-f]{64}$" },
        required: true,
        needed: "an image with @sha256:<64 hex digits>",
      },
    ],
  },
  examples: () => [
    { name: "tag and digest", given: system(), want: "met" },
    {
      name: "a tag alone",
      given: system(["Deployment", `${at.container}.image`, "shop/api:latest"]),
      want: "not met",
      says: 'image is "shop/api:latest"',
    },
    {
      name: "no image",
      given: system(["Deployment", `${at.container}.image`, undefined]),
      want: "not met",
      says: "image is missing",
    },
    {
      name: "half a digest",
      given: system(["Deployment", `${at.container}.image`, "shop/api@sha256:abc"]),
      want: "not met",
    },
    {
      name: "not known yet",
      given: system(["Deployment", `${at.container}.image`, notKnown.string]),
      want: "unverifiable",
      says: "containers[0].image is not known",
    },
  ],
});
