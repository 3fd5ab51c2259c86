import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { RunResult } from "../../local/process";
import { capture, run } from "../../local/process";
import { root } from "../../local/state";
import { localStack, shellEnv, temporary } from "./local-stack";

/** A program whose objects are read from a file, so that a test changes them between runs. */
const program = `
const k8s = require("@pulumi/kubernetes");
const pulumi = require("@pulumi/pulumi");
const { objects } = JSON.parse(require("fs").readFileSync("objects.json", "utf8"));
for (const { type, name, props, options, secret } of objects) {
  const [group, kind] = type.split(":");
  const Class = group.split("/").reduce((scope, part) => scope[part], k8s)[kind];
  const inputs = secret ? { ...props, stringData: { key: pulumi.secret(secret) } } : props;
  new Class(name, inputs, options);
}
`;

export interface Obj {
  type: string;
  name: string;
  props: object;
  options?: object;
  secret?: string;
}

/** A project of one namespace, under the real engine, the provider in question and a real API server. */
export interface ProviderProject {
  /** Runs `up` with these objects and gives what it said; `ok` is whether it must succeed. */
  up: (objects: Obj[], ok?: boolean) => Promise<string>;
  pulumi: (...args: string[]) => Promise<RunResult>;
  kubectl: (...args: string[]) => Promise<string>;
  dir: string;
  env: NodeJS.ProcessEnv;
  remove: () => Promise<void>;
}

/** Makes the project; `PROVIDER=official` takes the stand-in off PATH, so that the official plugin serves. */
export async function providerProject(): Promise<ProviderProject> {
  await localStack();
  const dir = temporary();
  // Not our program and not under our gate: the provider alone is looked at.
  const env: NodeJS.ProcessEnv = {
    ...(await shellEnv()),
    PULUMI_STACK: undefined,
    PULUMI_BACKEND_URL: `file://${dir}`,
  };
  for (const name of Object.keys(env).filter(one => one.startsWith("PULUMI_OPTION_"))) delete env[name];
  if (process.env.PROVIDER === "official")
    env.PATH = env
      .PATH!.split(path.delimiter)
      .filter(one => !one.startsWith(path.join(root, "local")))
      .join(path.delimiter);
  fs.writeFileSync(
    path.join(dir, "Pulumi.yaml"),
    "name: provider-test\nruntime:\n  name: nodejs\n  options: {typescript: false}\n",
  );
  fs.writeFileSync(path.join(dir, "package.json"), '{"name":"provider-test","main":"index.js"}');
  fs.writeFileSync(path.join(dir, "index.js"), program);
  fs.symlinkSync(path.join(root, "node_modules"), path.join(dir, "node_modules"));
  await capture("pulumi", ["stack", "init", "test", "--non-interactive"], { cwd: dir, env });
  const pulumi = (...args: string[]) =>
    run("pulumi", [...args, "--non-interactive", "--color", "never"], { cwd: dir, env });
  return {
    dir,
    env,
    pulumi,
    kubectl: (...args) => capture("kubectl", args, { env }),
    up: async (objects, ok = true) => {
      fs.writeFileSync(path.join(dir, "objects.json"), JSON.stringify({ objects }));
      const done = await pulumi("up", "--yes");
      assert.equal(done.code === 0, ok, done.stdout + done.stderr);
      return done.stdout;
    },
    remove: async () => {
      await run("pulumi", ["destroy", "--yes", "--non-interactive"], { cwd: dir, env });
      fs.rmSync(dir, { recursive: true, force: true });
    },
  };
}

export const namespace: Obj = {
  type: "core/v1:Namespace",
  name: "ns",
  props: { metadata: { name: "provider-test" } },
};

export const config = (data: object, labels: object = {}): Obj => ({
  type: "core/v1:ConfigMap",
  name: "settings",
  props: { metadata: { name: "settings", namespace: "provider-test", labels }, data },
});
