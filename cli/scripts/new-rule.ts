import * as fs from "node:fs";
import * as path from "node:path";
import { rules } from "../../policies/rules/catalogue";

/**
 * `npm run new:rule -- <area>/<slug> GL-<AREA>`: writes the rule's file with the next free number and adds it to its
 * area. The texts are left to be written; until they are, the catalogue's own tests fail.
 */
const root = path.resolve(__dirname, "..", "..", "..");
const [place = "", prefix = ""] = process.argv.slice(2);
const [area = "", slug = ""] = place.split("/");

function refuse(text: string): never {
  console.error(`${text}\nusage: npm run new:rule -- <area>/<slug> GL-<AREA>, such as network/egress-limited GL-NET`);
  process.exit(64);
}

if (!/^[a-z]+(-[a-z]+)*$/.test(area) || !/^[a-z]+(-[a-z]+)*$/.test(slug))
  refuse(`the place is "${place}"; need <area>/<slug> in small letters and dashes.`);
if (!/^GL-[A-Z]+$/.test(prefix)) refuse(`the prefix is "${prefix}"; need GL-<AREA> in capitals.`);
if (rules.some(rule => rule.slug === slug)) refuse(`${slug} is a rule already; need a new slug.`);

const index = path.join(root, "policies", "rules", area, "index.ts");
if (!fs.existsSync(index))
  refuse(`there is no area ${area}; make policies/rules/${area}/index.ts and add it to catalogue.ts.`);

const taken = rules.filter(rule => rule.id.startsWith(`${prefix}-`)).map(rule => Number(rule.id.slice(-2)));
const id = `${prefix}-${String(Math.max(0, ...taken) + 1).padStart(2, "0")}`;
const name = slug.replace(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase());
const file = path.join(root, "policies", "rules", area, `${slug}.ts`);

fs.mkdirSync(path.dirname(file), { recursive: true });
fs.writeFileSync(
  file,
  `import { notKnown, system } from "../../engine/example";
import type { PodSpec } from "../../engine/kubernetes";
import { pods } from "../../engine/kubernetes";
import { defineRule } from "../../engine/rule";

export const ${name} = defineRule<PodSpec>({
  id: "${id}",
  slug: "${slug}",
  title: "",
  why: "",
  fix: "",
  severity: "high",
  requirements: [],
  items: [],
  mappings: [],
  scope: "resource",
  inspects: "pod",
  subjects: pods,
  check: ({ hostNetwork: value }) => (value === true ? [{ path: "hostNetwork", value, needed: "false" }] : []),
  examples: () => [
    { name: "sound", given: system(), want: "met" },
    { name: "spoiled", given: system(["Deployment", "spec.template.spec.hostNetwork", true]), want: "not met", says: "hostNetwork is true" },
    { name: "not known yet", given: system(["Deployment", "spec.template.spec.hostNetwork", notKnown.boolean]), want: "unverifiable" },
  ],
});
`,
);
fs.appendFileSync(index, `export * from "./${slug}";\n`);
console.log(`wrote ${path.relative(root, file)} as ${id} and added it to ${path.relative(root, index)}`);
console.log("next: write title, why, fix, requirements, items, check and examples; then `npm run fix` and `npm test`");
