import * as fs from "node:fs";
import * as path from "node:path";

/** `npm run new:component -- <folder>/<name>`: writes a component as a pure spec and a thin class, and its test. */
const root = path.resolve(__dirname, "..", "..", "..");
const [place = ""] = process.argv.slice(2);
const [folder = "", name = ""] = place.split("/");
const folders = ["cluster", "operators", "data", "security", "gateway", "observability", "delivery", "backup"];

function refuse(text: string): never {
  console.error(`${text}\nusage: npm run new:component -- <folder>/<name>, such as data/redis`);
  process.exit(64);
}

if (!folders.includes(folder)) refuse(`the folder is "${folder}"; need one of ${folders.join(", ")}.`);
if (!/^[a-z]+(-[a-z]+)*$/.test(name)) refuse(`the name is "${name}"; need small letters and dashes.`);
const camel = name.replace(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase());
const Name = camel[0]!.toUpperCase() + camel.slice(1);
const file = path.join(root, "components", folder, `${name}.ts`);
const test = path.join(root, "test", "components", `${name}.test.ts`);
for (const one of [file, test])
  if (fs.existsSync(one)) refuse(`${path.relative(root, one)} is there already; need a new name.`);

const write = (target: string, text: string) => {
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, text);
  console.log(`wrote ${path.relative(root, target)}`);
};

write(
  file,
  `import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import * as core from "@pulumi/kubernetes/core/v1";
import { childOf, serviceLabels } from "../component";

/** Say in a sentence what it is. */
export interface ${Name}Args {
  /** Name of the objects. */
  name: string;
  /** The system it belongs to. */
  system: string;
  /** Namespace it runs in; a plain string, so that it can be checked before it exists. */
  namespace: string;
}

/** The objects as plain data: every decision lives here and is tested without an engine. */
export function ${camel}Spec({ name, system, namespace }: ${Name}Args) {
  const metadata = { name, namespace, labels: serviceLabels(system, name) };
  return { settings: { metadata, data: {} } };
}

export class ${Name} extends ComponentResource {
  constructor(name: string, args: ${Name}Args, opts?: pulumi.ComponentResourceOptions) {
    super("greenlight:${folder}:${Name}", name, args, opts);
    const spec = ${camel}Spec(args);
    new core.ConfigMap(name, spec.settings, childOf(this));
    this.registerOutputs({});
  }
}
`,
);
write(
  test,
  `import assert from "node:assert/strict";
import { ${camel}Spec } from "../../components/${folder}/${name}";

describe("${Name}", () => {
  it("carries the labels of its system", () => {
    const { settings } = ${camel}Spec({ name: "one", system: "shop", namespace: "shop" });
    assert.equal(settings.metadata.labels["app.kubernetes.io/part-of"], "shop");
  });
});
`,
);
console.log(
  `next: build it in components/platform.ts, add its keys to stacks/schema.ts, then \`npm run fix\` and \`npm test\``,
);
