import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { hasProject } from "../project";

/** What a folder holds that can be judged. */
export interface Detected {
  kind: "program" | "manifests" | "kustomize" | "chart" | "nothing";
  /** In words, for people. */
  what: string;
  /** Paths that are judged, from the folder. */
  places: string[];
  /** The CI it has, by its files or its remote. */
  ci: "github" | "gitlab" | "shell";
  /** Branch that changes are merged to. */
  branch: string;
}

const skipped = new Set(["node_modules", ".git", ".greenlight", "bin", "dist", ".github"]);
const maxFiles = 5_000;

/** Looks at a folder: a Pulumi program, a kustomization, a chart that was not rendered, or manifests. */
export function detect(dir: string): Detected {
  const rest = { ci: ciOf(dir), branch: branchOf(dir) };
  if (hasProject(dir)) return { ...rest, kind: "program", what: "a Pulumi program", places: ["."] };
  const files = filesBelow(dir);
  const kustomizations = files.filter(file => /(^|\/)kustomization\.ya?ml$/.test(file)).map(file => path.dirname(file));
  if (kustomizations.length > 0) {
    // Overlays are what is deployed; a base that an overlay names is judged through it.
    const overlays = kustomizations.filter(one => /(^|\/)overlays?\//.test(`${one}/`));
    const places = (overlays.length > 0 ? overlays : [kustomizations.sort((a, b) => a.length - b.length)[0]!]).sort();
    return { ...rest, kind: "kustomize", what: `kustomizations at ${places.join(", ")}`, places };
  }
  const charts = files.filter(file => path.basename(file) === "Chart.yaml").map(file => path.dirname(file));
  const inChart = (file: string) => charts.some(chart => file.startsWith(chart === "." ? "templates/" : `${chart}/`));
  const manifests = files.filter(
    file => /\.(ya?ml|json)$/.test(file) && !inChart(file) && isManifest(path.join(dir, file)),
  );
  if (manifests.length > 0) {
    const tops = [...new Set(manifests.map(file => (file.includes("/") ? file.split("/")[0]! : file)))].sort();
    const isHelm = manifests.some(file => /^# Source: \S+\/templates\//m.test(start(path.join(dir, file))));
    const what = `${manifests.length} ${isHelm ? "files that Helm rendered" : "files of manifests"}`;
    return { ...rest, kind: "manifests", what, places: tops };
  }
  if (charts.length > 0)
    return { ...rest, kind: "chart", what: `charts that are not rendered (${charts.join(", ")})`, places: charts };
  return { ...rest, kind: "nothing", what: "nothing that can be judged", places: [] };
}

function filesBelow(dir: string): string[] {
  const found: string[] = [];
  const walk = (below: string): void => {
    for (const entry of fs.readdirSync(path.join(dir, below), { withFileTypes: true })) {
      const file = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory() && !skipped.has(entry.name)) walk(file);
      else if (entry.isFile()) found.push(file);
      if (found.length > maxFiles) return;
    }
  };
  walk("");
  return found.sort();
}

/** The start of a file: enough to tell what it is. */
function start(file: string): string {
  const handle = fs.openSync(file, "r");
  try {
    const buffer = Buffer.alloc(64 * 1024);
    return buffer.subarray(0, fs.readSync(handle, buffer)).toString("utf8");
  } finally {
    fs.closeSync(handle);
  }
}

const isManifest = (file: string): boolean => {
  const text = start(file);
  return /^\s*"?apiVersion"?\s*:/m.test(text) && /^\s*"?kind"?\s*:/m.test(text);
};

const git = (dir: string, ...args: string[]): string => {
  const { status, stdout } = spawnSync("git", args, { cwd: dir, encoding: "utf8", timeout: 10_000 });
  return status === 0 ? stdout.trim() : "";
};

function ciOf(dir: string): Detected["ci"] {
  const remotes = git(dir, "remote", "-v");
  if (fs.existsSync(path.join(dir, ".github")) || /github\./.test(remotes)) return "github";
  if (fs.existsSync(path.join(dir, ".gitlab-ci.yml")) || /gitlab\./.test(remotes)) return "gitlab";
  return "shell";
}

const branchOf = (dir: string): string =>
  git(dir, "symbolic-ref", "--short", "refs/remotes/origin/HEAD").replace(/^origin\//, "") ||
  git(dir, "symbolic-ref", "--short", "HEAD") ||
  "main";
