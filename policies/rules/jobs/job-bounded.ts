import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("kubernetes:batch/v1:Job", {
  metadata: { name: "api", namespace: "shop" },
  spec: { activeDeadlineSeconds: 600, ttlSecondsAfterFinished: 3600, backoffLimit: 2 },
});

export const jobBounded = demandRule({
  id: "GL-JOB-02",
  slug: "job-bounded",
  title: "A job ends, is tried a few times only, and is cleared away.",
  why: "A job that hangs holds its place and its locks; a thousand finished ones slow the API server down.",
  fix: "Set activeDeadlineSeconds, ttlSecondsAfterFinished and a backoffLimit of at most 6.",
  severity: "medium",
  requirements: ["S-161"],
  items: ["E.2.2"],
  mappings: ["NIST:SC-5"],
  inspects: "job",

  demand: {
    kinds: ["batch/Job"],
    clauses: [
      { of: "object", path: "spec.activeDeadlineSeconds", want: { atLeast: 1 }, needed: "a deadline" },
      { of: "object", path: "spec.ttlSecondsAfterFinished", want: { present: true }, needed: "a time" },
      { of: "object", path: "spec.backoffLimit", want: { atMost: 6 }, needed: "at most 6" },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["Job", "spec.activeDeadlineSeconds"],
      { notMet: [[undefined, "activeDeadlineSeconds is missing; need a deadline"]], unverifiable: [notKnown.number] },
      given,
    ),
    ...valuesAt(
      ["Job", "spec.ttlSecondsAfterFinished"],
      { notMet: [[undefined, "ttlSecondsAfterFinished is missing"]] },
      given,
    ),
    ...valuesAt(
      ["Job", "spec.backoffLimit"],
      { met: [undefined, 0], notMet: [[20, "backoffLimit is 20; need at most 6"]] },
      given,
    ),
    noneOfIt,
  ],
});
