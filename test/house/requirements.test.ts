import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "../../local/state";

/** What the platform itself carries out, by number: infrastructure and operations of the founding documents. */
const carried: Record<string, number[]> = {
  "deployment, hardening, observability, probes": [6, 7, 8, 31, 39],
  "rate limit, staged release, rollback triggers": [74, 77, 78, 79, 81, 82, 83, 94, 96],
  "indicators and objectives": [120, 121, 122, 123, 124],
  dependencies: [125, 126, 127],
  "no single failure, drills, backups": [128, 129, 130, 131, 132, 133],
  "headroom and scaling": [135, 137],
  "signals, dashboards, logs, traces": [141, 142, 143, 144, 145, 146],
  alerts: [147, 148, 149],
  "pipeline safety and rollout": [151, 152, 153, 154],
  "on call, training, playbooks, incidents": [158, 159, 160, 161, 162],
  actions: [165, 166, 167, 169, 170, 171],
};

const places = ["components", "stacks", "docs/operations", "docs/components", "docs/runbooks", "docs/guides"];

describe("requirements the platform carries out", () => {
  const text = places
    .flatMap(place =>
      fs
        .readdirSync(path.join(root, place), { recursive: true, encoding: "utf8" })
        .filter(name => /\.(ts|md|yaml)$/.test(name))
        .map(name => fs.readFileSync(path.join(root, place, name), "utf8")),
    )
    .join("\n");
  const cited = new Set(
    [...text.matchAll(/S-(\d{3})(?:(?: to |–)S-(\d{3}))?/g)].flatMap(([, from, to]) =>
      Array.from({ length: Number(to ?? from) - Number(from) + 1 }, (_, index) => Number(from) + index),
    ),
  );
  for (const [what, numbers] of Object.entries(carried))
    it(`are cited where they are carried out: ${what}`, () =>
      assert.deepEqual(
        numbers.filter(one => !cited.has(one)).map(one => `S-${String(one).padStart(3, "0")}`),
        [],
      ));
});
