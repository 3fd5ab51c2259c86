import { isMap, isSeq, LineCounter, parseAllDocuments } from "yaml";
import type { Node, YAMLMap } from "yaml";
import { pathSteps } from "../../policies/engine/reading";
import type { Manifest } from "./manifests";

/** Beyond this many bytes a document is not read a second time for the sake of line numbers. */
const maxBytes = 1024 * 1024;

/** Where an object as a whole stands, without reading it again: the first line of the only document of a YAML file. */
function firstLine(text: string): number | undefined {
  const lines = text.split("\n");
  const begin = lines.findIndex(line => !/^(\s*#.*|\s*|---(\s*#.*|\s*))$/.test(line));
  const plain = begin >= 0 && /^[A-Za-z]/.test(lines[begin]!);
  return plain && !lines.slice(begin).some(line => /^(---|\.\.\.|%)/.test(line)) ? begin + 1 : undefined;
}

/**
 * Line numbers in one file, from 1. A path that leads nowhere (what is missing) gives the line of the last thing on the
 * way. Documents are read when the first line is asked for: most files have no finding.
 */
export function linesOf(text: string): (manifest: Manifest, path: string) => number | undefined {
  if (text.length > maxBytes) return () => undefined;
  const counter = new LineCounter();
  let documents: ReturnType<typeof parseAllDocuments> | undefined;
  const begin = firstLine(text);
  return ({ document, item }, path) => {
    if (path === "" && document === 0 && item === undefined && begin !== undefined) return begin;
    documents ??= parseAllDocuments(text, { lineCounter: counter, logLevel: "silent" });
    // An empty document is one to the one reader and none to the other.
    const all = Array.isArray(documents) ? documents : [];
    let node = all[document]?.contents as Node | null | undefined;
    let offset = node?.range?.[0];
    const way = item === undefined ? pathSteps(path) : ["items", String(item), ...pathSteps(path)];
    for (const step of way) {
      if (isMap(node)) {
        const pair = (node as YAMLMap<Node, Node>).items.find(
          one => String((one.key as { value?: unknown }).value) === step,
        );
        if (!pair) break;
        offset = pair.key.range?.[0] ?? offset;
        node = pair.value;
      } else if (isSeq(node)) {
        node = node.items[Number(step)] as Node | undefined;
        offset = node?.range?.[0] ?? offset;
      } else break;
    }
    return offset === undefined ? undefined : counter.linePos(offset).line;
  };
}
