import { canonicalJson } from "../model/canonical";
import type { Limits } from "../model/limits";
import { verdictOf } from "../model/outcome";
import type { ReplayInput } from "./replay";
import { replay } from "./replay";
import { suppose } from "./what-if";

/**
 * What the report's page runs, compiled alone to `bin/replay.js`: it computes the verdict again from the input in the page,
 * hashes files of evidence that somebody drops on it, and shows under a mark what the verdict would be if something were
 * otherwise. It asks nobody for anything.
 */

interface Node {
  textContent: string;
  hidden: boolean;
  checked: boolean;
  value: string;
  defaultValue: string;
  dataset: Record<string, string | undefined>;
  parentElement: Node;
  append(child: Node): void;
  addEventListener(event: string, work: (event: { target: { files: Iterable<File> } }) => void): void;
}
interface File {
  name: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}
interface Page {
  document: {
    body: Node;
    createElement(name: string): Node;
    getElementById(id: string): Node;
    querySelectorAll(pick: string): Iterable<Node>;
  };
  crypto: { subtle: { digest(name: string, data: ArrayBuffer): Promise<ArrayBuffer> } };
  setTimeout(work: () => void, ms: number): void;
  greenlight?: () => string;
}
const page = globalThis as unknown as Page;
const node = (id: string): Node => page.document.getElementById(id);
const input = (): ReplayInput => JSON.parse(node("input").textContent) as ReplayInput;

/** The verdict as `report.json` has it, computed in this page. */
page.greenlight = () => `${canonicalJson(replay(input()), 2)}\n`;

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

const boxes = [...page.document.querySelectorAll("#what-if input[data-suppose]")];
const numbers = [...page.document.querySelectorAll("#what-if input[data-limit]")];
const section = node("what-if");
section.hidden = false;
section.addEventListener("input", supposeAgain);
// The form is as it was only after the event that resets it.
section.addEventListener("reset", () => page.setTimeout(supposeAgain, 0));

function supposeAgain(): void {
  const ticked = boxes.filter(one => one.checked);
  const changed = numbers.filter(one => one.value !== one.defaultValue && Number.isFinite(parseFloat(one.value)));
  const [out, still] = [node("supposed"), node("still")];
  out.textContent = still.textContent = "";
  delete page.document.body.dataset.supposed;
  if (ticked.length + changed.length === 0) return;
  const limits = Object.fromEntries(
    changed.map(one => [one.dataset.limit!, parseFloat(one.value) * Number(one.dataset.per)]),
  ) as Partial<Limits>;
  const verdict = suppose(input(), {
    repaired: ticked.filter(one => one.dataset.suppose === "repaired").map(one => one.value),
    settled: ticked.some(one => one.dataset.suppose === "settled"),
    limits,
  });
  page.document.body.dataset.supposed = section.dataset.mark;
  out.textContent = `${out.dataset.label!} ${verdict.verdict}: ${verdict.reason}.`;
  for (const item of verdict.items.filter(one => verdictOf(one.state) !== "GO")) {
    const line = page.document.createElement("li");
    line.textContent = `${item.id} ${item.state}: ${item.reason}`;
    still.append(line);
  }
}
