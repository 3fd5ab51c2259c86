import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { unknownSentinels } from "../model/unknown";
import { cacheDir } from "./toolchain/cache";
import { root, stateFiles } from "./state";
import { capture, run } from "./process";

/** The passphrase of stacks that live on this machine only; nothing secret is kept in them. */
const localPassphrase = "local";

export const policiesDir = path.join(root, "policies");
const standInDir = path.join(root, "local", "providers", "kubernetes");
/** Stand-ins that only preview; on PATH for offline runs alone. */
const previewOnlyDir = path.join(root, "local", "providers", "preview-only");
/** Providers that a stack above tier `local` needs in the original. */
export type ProviderName = "kubernetes" | "aws";

const versionOf = (provider: ProviderName): string =>
  (
    JSON.parse(fs.readFileSync(require.resolve(`@pulumi/${provider}/package.json`), "utf8")) as { version: string }
  ).version.replace(/^v/, "");

/** The committed environment of the gate: every run of the engine gets it (decision 4). */
export const gateEnv = (): Record<string, string> => ({
  PULUMI_OPTION_POLICY_PACK: policiesDir,
  PULUMI_OPTION_POLICY_PACK_CONFIG: path.join(policiesDir, "config.json"),
  PULUMI_OPTION_STRICT: "true",
  PULUMI_SKIP_UPDATE_CHECK: "true",
});

export interface LocalOptions {
  /** Folder of the engine's programs. */
  pulumi: string;
  /** True where the stand-in Kubernetes provider has to serve. */
  standIn: boolean;
  /** A scratch backend of its own, for previews that deploy nothing. */
  scratch?: string;
}

/** The environment in which the engine runs on this machine; added to the user's own. */
export function localEnv({ pulumi, standIn, scratch }: LocalOptions): Record<string, string> {
  const files = stateFiles();
  const backend = scratch ?? files.backend;
  fs.mkdirSync(backend, { recursive: true });
  const folders = [
    ...(standIn ? [standInDir] : []),
    ...(scratch ? [previewOnlyDir] : []),
    pulumi,
    process.env.PATH ?? "",
  ];
  return {
    ...gateEnv(),
    PATH: folders.filter(Boolean).join(path.delimiter),
    PULUMI_HOME: localHome(),
    PULUMI_BACKEND_URL: `file://${backend}`,
    PULUMI_CONFIG_PASSPHRASE: localPassphrase,
    KUBECONFIG: files.kubeconfig,
    GREENLIGHT_STATE: files.dir,
    GREENLIGHT_LOCAL_KUBECONFIG: files.kubeconfig,
    ...(scratch ? { GREENLIGHT_OFFLINE: "true" } : {}),
  };
}

/** The environment of a run against a stack's own backend and cluster: the user's, gated, and without a stand-in. */
export function realEnv(pulumi: string): Record<string, string> {
  const folders = (process.env.PATH ?? "").split(path.delimiter).filter(dir => dir && !isStandIn(dir));
  return { ...gateEnv(), PATH: [pulumi, ...folders].join(path.delimiter) };
}

/** Whether a folder holds our stand-ins, under whatever name it is reached. */
function isStandIn(dir: string): boolean {
  if (!fs.existsSync(dir)) return false;
  return [standInDir, previewOnlyDir].some(own => fs.realpathSync(dir) === fs.realpathSync(own));
}

/** Where the engine keeps plugins when nobody says otherwise. */
const pulumiHome = (): string => process.env.PULUMI_HOME ?? path.join(os.homedir(), ".pulumi");

/** The home of runs on this machine, apart from the user's own. */
const localHome = (): string => path.join(cacheDir(), "pulumi-home");

/** How long the plugin's maker may take to answer before the stand-in serves, in milliseconds. */
const answerMs = 4_000;

/**
 * Where an official provider is, or was fetched to; undefined where it cannot be had.
 * @param isLocal whether it is for the local stack, whose plugins are kept apart from the user's
 */
export async function officialProvider(
  pulumi: string,
  provider: ProviderName = "kubernetes",
  isLocal = true,
): Promise<string | undefined> {
  if (process.env.GREENLIGHT_STAND_IN) return undefined;
  const program = `pulumi-resource-${provider}`;
  const onPath = (process.env.PATH ?? "")
    .split(path.delimiter)
    .find(dir => dir && !isStandIn(dir) && fs.existsSync(path.join(dir, program)));
  if (onPath) return `PATH (${onPath})`;
  const home = isLocal ? localHome() : pulumiHome();
  const plugin = path.join(home, "plugins", `resource-${provider}-v${versionOf(provider)}`);
  if (fs.existsSync(path.join(plugin, program))) return "the plugin cache";
  try {
    await fetch("https://get.pulumi.com/", { method: "HEAD", signal: AbortSignal.timeout(answerMs) });
  } catch {
    return undefined;
  }
  const env = { ...process.env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const installed = await run(
    path.join(pulumi, "pulumi"),
    ["plugin", "install", "resource", provider, versionOf(provider)],
    { env, timeoutMs: 180_000 },
  );
  return installed.code === 0 ? "vendor download" : undefined;
}

/** Makes a stack in a backend on this machine, if it is not there, and selects it. */
export async function ensureStack(dir: string, stack: string, env: NodeJS.ProcessEnv): Promise<void> {
  await capture("pulumi", ["stack", "select", "--create", stack, "--non-interactive"], { cwd: dir, env });
}

/**
 * Makes a stack that only previews: its backend and config file lie in a scratch folder, the project stays untouched.
 * Encrypted values cannot be read here; they are passed on as unknown, and the rules say so. Gives the config file.
 */
export async function ensureScratchStack(
  scratch: string,
  project: string,
  stack: string,
  config: Record<string, unknown>,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const file = path.join(scratch, `Pulumi.${stack}.yaml`);
  fs.writeFileSync(path.join(scratch, "Pulumi.yaml"), stringify({ name: project, runtime: "nodejs" }));
  fs.rmSync(file, { force: true });
  fs.rmSync(path.join(scratch, ".pulumi"), { recursive: true, force: true });
  // A stack that is referred to must be there, if empty: what it would export is not known offline.
  const base = config[`${project}:base`];
  if (typeof base === "string") await ensureStack(scratch, base, env);
  await ensureStack(scratch, stack, env);
  const salt = parse(fs.readFileSync(file, "utf8")) as object;
  const plain = Object.entries(config).map(([key, value]) => [
    key,
    isEncrypted(value) ? unknownSentinels.string : value,
  ]);
  fs.writeFileSync(file, stringify({ ...salt, config: Object.fromEntries(plain) }));
  return file;
}

/** True for a config value that stands encrypted in the stack file. */
export const isEncrypted = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "secure" in value;
