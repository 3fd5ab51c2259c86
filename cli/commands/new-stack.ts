import * as fs from "node:fs";
import * as path from "node:path";
import { createInterface } from "node:readline/promises";
import { parseDocument } from "yaml";
import { root } from "../../local/state";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import { complete } from "../../stacks/complete";
import { ownConfig, readStackFile, stackNames } from "../../stacks/files";
import { printJson } from "../output";
import { readProject } from "../project";

export interface NewStackOptions {
  /** The stack it is made after. */
  like: string;
  system?: string;
  domain?: string;
  account?: string;
  region?: string;
  json?: boolean;
}

type Answers = Record<"system" | "domain" | "account" | "region", string>;

/** What is asked, what an answer must look like, and what stands there if nothing is said. */
const questions: Record<keyof Answers, { asks: string; good: RegExp; needs: string }> = {
  system: {
    asks: "Name of the system",
    good: /^[a-z]([-a-z0-9]{0,20}[a-z0-9])?$/,
    needs: "small letters, digits and dashes",
  },
  domain: {
    asks: "Domain it is reached under",
    good: /^[a-z0-9-]+(\.[a-z0-9-]+)+$/,
    needs: "a domain such as example.com",
  },
  account: { asks: "AWS account", good: /^\d{12}$/, needs: "twelve digits" },
  region: { asks: "AWS region", good: /^[a-z]{2}(-[a-z]+)+-\d$/, needs: "a region such as eu-central-1" },
};

/**
 * `greenlight new stack <name>`: writes the files of a new environment after an existing one: the platform's, its base's
 * where there is one, the rota, evidence and expected load. What is not given as an option is asked for on a terminal. Overwrites nothing.
 */
export async function newStack(name: string, options: NewStackOptions): Promise<number> {
  const { stackDir, name: project } = readProject(root);
  const known = stackNames(stackDir);
  if (!/^[a-z]([-a-z0-9]{0,20}[a-z0-9])?$/.test(name) || name.endsWith("-base"))
    throw fail(
      "the stack's name",
      `"${name}"`,
      "small letters, digits and dashes, not ending in -base",
      undefined,
      exitCodes.usage,
    );
  if (known.includes(name) || fs.existsSync(path.join(stackDir, name)))
    throw fail(`stack ${name}`, "there already", "a new name", "Nothing was overwritten.", exitCodes.usage);
  const { like } = options;
  const pattern = valuesOf(stackDir, like, project);
  const answers = await answersTo(pattern, options);
  const replaced = (text: string) => replaceAll(text, pattern, answers, like, name);
  const files: Record<string, string> = {};
  for (const suffix of known.includes(`${like}-base`) ? ["", "-base"] : [""])
    files[`Pulumi.${name}${suffix}.yaml`] = replaced(
      fs.readFileSync(path.join(stackDir, `Pulumi.${like}${suffix}.yaml`), "utf8"),
    );
  // Who is on call, who answers for which evidence, what load is expected. Waivers are not taken over: they were agreed for another stack.
  for (const own of ["oncall.yaml", "evidence.yaml", "load.yaml"]) {
    const file = path.join(stackDir, like, own);
    if (fs.existsSync(file)) files[path.join(name, own)] = fs.readFileSync(file, "utf8");
  }
  for (const [file, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(stackDir, file)), { recursive: true });
    fs.writeFileSync(path.join(stackDir, file), text, { flag: "wx" });
  }
  // What was written must be sound; if it is not, nobody is left with half a stack.
  try {
    for (const stack of stackNames(stackDir).filter(one => one === name || one === `${name}-base`))
      complete(ownConfig(readStackFile(stackDir, stack).config, project), stack, stackDir, project);
  } catch (error) {
    for (const file of Object.keys(files)) fs.rmSync(path.join(stackDir, file), { force: true });
    fs.rmSync(path.join(stackDir, name), { recursive: true, force: true });
    throw error;
  }
  const written = Object.keys(files).map(file => path.join("stacks", file));
  if (options.json) printJson({ stack: name, written });
  else {
    for (const file of written) console.log(`wrote ${file}`);
    console.log(`next: put your images and names in, then \`greenlight check --stack ${name}\``);
  }
  return 0;
}

/** What the stack it is made after says; `domain` is the gateway's first host without its first label. */
function valuesOf(dir: string, stack: string, project: string): Answers & { prefix: string } {
  const own = ownConfig(readStackFile(dir, stack).config, project) as {
    system?: string;
    gateway?: { hosts?: string[] };
    secrets?: { store?: { region?: string } };
  };
  const base = stackNames(dir).includes(`${stack}-base`)
    ? (ownConfig(readStackFile(dir, `${stack}-base`).config, project) as { account?: string; region?: string })
    : {};
  const host = own.gateway?.hosts?.[0] ?? "";
  return {
    system: own.system ?? "",
    domain: host.split(".").slice(1).join("."),
    account: String(base.account ?? ""),
    region: base.region ?? own.secrets?.store?.region ?? "",
    prefix: `${own.system}-${stack}`,
  };
}

async function answersTo(pattern: Answers, options: NewStackOptions): Promise<Answers> {
  const answers = { ...pattern };
  const terminal = process.stdin.isTTY && process.stdout.isTTY && !options.json;
  const prompt = terminal ? createInterface({ input: process.stdin, output: process.stdout }) : undefined;
  try {
    for (const [key, { asks, good, needs }] of Object.entries(questions) as [
      keyof Answers,
      (typeof questions)[keyof Answers],
    ][]) {
      if (pattern[key] === "") continue;
      const given = options[key] ?? ((await prompt?.question(`${asks} [${pattern[key]}]: `)) || pattern[key]);
      if (!good.test(given)) throw fail(`--${key}`, `"${given}"`, needs, undefined, exitCodes.usage);
      answers[key] = given;
    }
  } finally {
    prompt?.close();
  }
  return answers;
}

/** The file of another stack with names put in; comments and order stay, and YAML is only ever written by its library. */
function replaceAll(text: string, from: Answers & { prefix: string }, to: Answers, like: string, name: string): string {
  const pairs: [string, string][] = [
    [`${from.system}-${like}`, `${to.system}-${name}`],
    [from.account, to.account],
    [from.domain, to.domain],
    [from.region, to.region],
    [`${like}-base`, `${name}-base`],
  ];
  const put = (value: string) =>
    pairs.reduce((done, [old, now]) => (old === "" ? done : done.replaceAll(old, now)), value);
  const document = parseDocument(text);
  const walk = (node: unknown): void => {
    const one = node as { items?: unknown[]; value?: unknown; key?: { value?: unknown } } | null;
    if (one?.key !== undefined) {
      const key = String(one.key.value);
      if (key === "greenlight:system" || key === "greenlight:environment") {
        (one.value as { value: unknown }).value = key === "greenlight:system" ? to.system : name;
        return;
      }
      // What a key leads to, never the key.
      walk(one.value);
      return;
    }
    for (const item of one?.items ?? []) walk(item);
    if (one && typeof one.value === "string") one.value = put(one.value);
  };
  walk(document.contents);
  document.commentBefore = ` Made after ${like} by \`greenlight new stack\`. Put your own images and names in.`;
  // An encryption key belongs to one stack.
  document.delete("encryptionsalt");
  return document.toString({ lineWidth: 0 });
}
