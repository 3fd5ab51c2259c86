import { canonicalJson } from "../model/canonical";
import type { ReplayInput } from "./replay";
import { replay } from "./replay";

/**
 * What the report's page runs, compiled alone to `bin/replay.js`: it computes the verdict again from the input in the page, and
 * hashes files of evidence that somebody drops on it. It asks nobody for anything.
 */

interface Node {
  textContent: string;
  hidden: boolean;
  dataset: Record<string, string>;
  parentElement: Node;
  addEventListener(event: string, work: (event: { target: { files: Iterable<File> } }) => void): void;
}
interface File {
  name: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}
interface Page {
  document: { getElementById(id: string): Node; querySelectorAll(pick: string): Iterable<Node> };
  crypto: { subtle: { digest(name: string, data: ArrayBuffer): Promise<ArrayBuffer> } };
  greenlight?: () => string;
}
const page = globalThis as unknown as Page;
const node = (id: string): Node => page.document.getElementById(id);

/** The verdict as `report.json` has it, computed in this page. */
page.greenlight = () => `${canonicalJson(replay(JSON.parse(node("input").textContent) as ReplayInput), 2)}\n`;

const said = node("replayed");
const again = canonicalJson(JSON.parse(page.greenlight()));
said.textContent = said.dataset[again === canonicalJson(JSON.parse(node("verdict").textContent)) ? "same" : "other"]!;

const files = node("files");
files.parentElement.hidden = false;
files.addEventListener("change", event => void hashAll(event.target.files));

async function hashAll(given: Iterable<File>): Promise<void> {
  const known =
    (JSON.parse(node("verdict").textContent) as { evidence?: { file: string; sha256: string }[] }).evidence ?? [];
  const lines: string[] = [];
  for (const file of given) {
    const bytes = new Uint8Array(await page.crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    const digest = [...bytes].map(byte => byte.toString(16).padStart(2, "0")).join("");
    const hit = known.find(one => one.sha256 === digest);
    lines.push(`${file.name}: ${hit ? `= ${hit.file}` : "≠"}  ${digest.slice(0, 16)}`);
  }
  node("hashed").textContent = lines.join("\n");
}
