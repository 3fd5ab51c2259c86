import MarkdownIt from "markdown-it";
import type { DataRecord, Document, Field, Group, Place, TextLine } from "./document";
import { numberIn, shownText } from "./document";

const reader = new MarkdownIt("default", { html: false, linkify: false, typographer: false });
type Token = ReturnType<typeof reader.parse>[number];

/** Reads Markdown: tables as records, everything else as lines under their headings. */
export function readMarkdown(text: string, file: string): Document {
  const source = text.split(/\r\n|\n|\r/);
  const place = (line: number): Place => ({ file, line: line + 1, text: shownText(source[line] ?? "") });
  const document: Document = { file, format: "markdown", groups: [], records: [], lines: [] };
  const headings: { level: number; text: string }[] = [];
  const path = () => headings.map(one => one.text);
  const tokens = reader.parse(text, {});
  let table: { names: string[]; group: Group } | undefined;
  let lists = 0;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    const line = token.map?.[0] ?? 0;
    if (token.type === "heading_open") {
      const level = Number(token.tag.slice(1));
      const words = plain(tokens[at + 1]!);
      while (headings.length > 0 && headings.at(-1)!.level >= level) headings.pop();
      document.lines.push({ text: words, place: place(line), path: path(), kind: "heading" });
      headings.push({ level, text: words });
      at += 2;
    } else if (token.type === "table_open") {
      table = { names: [], group: { path: path(), records: [], place: place(line) } };
    } else if (token.type === "tr_open" && table) {
      const cells = cellsOf(tokens, at);
      if (table.names.length === 0) table.names = cells;
      else table.group.records.push(rowOf(table.names, cells, place(line), path()));
    } else if (token.type === "table_close" && table) {
      document.groups.push(table.group);
      table = undefined;
    } else if (token.type === "bullet_list_open" || token.type === "ordered_list_open") lists++;
    else if (token.type === "bullet_list_close" || token.type === "ordered_list_close") lists--;
    else if (token.type === "inline" && !table) document.lines.push(...linesOf(token, place, path(), lists > 0));
    else if (token.type === "fence" || token.type === "code_block")
      document.lines.push(...codeLines(token, place, path()));
  }
  return document;
}

/** The words of an inline token: what a reader sees, links included, code in its marks. */
function plain(token: Token): string {
  const parts = (token.children ?? []).map(child => {
    if (child.type === "softbreak" || child.type === "hardbreak") return "\n";
    if (child.type === "code_inline") return `\`${child.content}\``;
    return child.type === "image" ? "" : child.content;
  });
  return parts.join("").trim();
}

function cellsOf(tokens: Token[], row: number): string[] {
  const cells: string[] = [];
  for (let at = row + 1; tokens[at] && tokens[at]!.type !== "tr_close"; at++)
    if (tokens[at]!.type === "inline") cells.push(plain(tokens[at]!));
  return cells;
}

function rowOf(names: string[], cells: string[], place: Place, path: string[]): DataRecord {
  const fields = cells.map((text, index): Field => {
    const number = numberIn(text);
    return { name: names[index] ?? "", text, place, ...(number === undefined ? {} : { number }) };
  });
  return { fields, place, path };
}

/** A paragraph or an item, line by line, as each may say something of its own. */
function linesOf(token: Token, place: (line: number) => Place, path: string[], inList: boolean): TextLine[] {
  const first = token.map?.[0] ?? 0;
  return plain(token)
    .split("\n")
    .map((text, index): TextLine => {
      const box = index === 0 && inList ? /^\[([ xX✓✔])\]\s+/.exec(text) : null;
      const kind = inList ? "item" : "text";
      const ticked = box ? { ticked: box[1] !== " " } : {};
      return { text: box ? text.slice(box[0].length) : text, place: place(first + index), path, kind, ...ticked };
    })
    .filter(one => one.text !== "");
}

const codeLines = (token: Token, place: (line: number) => Place, path: string[]): TextLine[] =>
  token.content.split("\n").flatMap((text, index): TextLine[] => {
    const line = (token.map?.[0] ?? 0) + index + (token.type === "fence" ? 1 : 0);
    return text.trim() === "" ? [] : [{ text: text.trim(), place: place(line), path, kind: "code" }];
  });
