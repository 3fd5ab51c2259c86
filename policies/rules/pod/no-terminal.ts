import { demandRule } from "../../engine/demand";
import { at, notKnown, valuesAt } from "../../engine/example";

export const noTerminal = demandRule({
  id: "GL-POD-21",
  slug: "no-terminal",
  title: "No container waits for somebody at a terminal.",
  why: "What reads from a terminal can be talked to by who may attach, past every log.",
  fix: "Remove stdin and tty.",
  severity: "low",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["NIST:CM-7"],
  inspects: "container",

  demand: {
    clauses: [
      ...["stdin", "tty"].map(path => ({ of: "container" as const, path, want: { oneOf: [false] }, needed: "false" })),
    ],
  },
  examples: () => [
    ...valuesAt(["Deployment", `${at.container}.stdin`], {
      met: [undefined, false],
      notMet: [[true, "stdin is true; need false"]],
      unverifiable: [notKnown.boolean],
    }),
    ...valuesAt(["Deployment", `${at.container}.tty`], { notMet: [[true, "tty is true"]] }),
  ],
});
