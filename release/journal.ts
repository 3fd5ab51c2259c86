import * as fs from "node:fs";
import * as path from "node:path";
import { fail } from "../model/faults";
import type { Measure, Trigger } from "./triggers";

/** One line of a release's journal: what happened, and when. */
export type Line =
  | {
      at: string;
      event: "started";
      version: string;
      previous: string;
      commit: string;
      attempt: number;
      forced?: string;
    }
  | { at: string; event: "resumed" }
  | { at: string; event: "begun"; step: string }
  | { at: string; event: "done"; step: string; seconds: number; note?: string }
  | { at: string; event: "failed"; step: string; note: string }
  | { at: string; event: "look"; step: string; healthy: boolean; watchedMs: number; measure?: Measure }
  | { at: string; event: "trigger"; step: string; trigger: Trigger }
  | { at: string; event: "released" }
  | { at: string; event: "rolled back" };

/** Line without its time, of whichever kind. */
export type Entry = Line extends infer One ? (One extends Line ? Omit<One, "at"> : never) : never;

/** Where releases keep their state; git is told to look the other way. */
export function releaseDir(repository: string, version: string): string {
  const top = path.join(repository, ".greenlight");
  if (!fs.existsSync(path.join(top, ".gitignore"))) {
    fs.mkdirSync(top, { recursive: true });
    fs.writeFileSync(path.join(top, ".gitignore"), "*\n");
  }
  if (!/^[\w.+-]+$/.test(version))
    throw fail("the version", `"${version}"`, "letters, digits, dots, plus and minus: it names a folder");
  return path.join(top, "releases", version);
}

/** The number of the attempt that is under way or was the last; 0 where there is none. */
export function lastAttempt(dir: string): number {
  if (!fs.existsSync(dir)) return 0;
  return Math.max(0, ...fs.readdirSync(dir).map(name => (/^\d+$/.test(name) ? Number(name) : 0)));
}

/** The journal of one attempt: lines are added and never changed. */
export class Journal {
  readonly file: string;
  readonly lines: Line[];

  constructor(
    readonly dir: string,
    private readonly now: () => number,
  ) {
    this.file = path.join(dir, "journal.jsonl");
    this.lines = readLines(this.file);
  }

  add(entry: Entry): void {
    const line = { at: new Date(this.now()).toISOString(), ...entry } as Line;
    fs.mkdirSync(this.dir, { recursive: true });
    const handle = fs.openSync(this.file, "a");
    try {
      fs.writeSync(handle, `${JSON.stringify(line)}\n`);
      // It must be there after the power was gone: the next run goes by it.
      fs.fsyncSync(handle);
    } finally {
      fs.closeSync(handle);
    }
    this.lines.push(line);
  }

  isDone = (step: string): boolean => this.lines.some(one => one.event === "done" && one.step === step);
  hasBegun = (step: string): boolean => this.lines.some(one => one.event === "begun" && one.step === step);
  trigger = (): Trigger | undefined => this.lines.find(one => one.event === "trigger")?.trigger;
  outcome = (): "released" | "rolled back" | undefined =>
    this.lines.map(one => one.event).find(one => one === "released" || one === "rolled back") as
      "released" | "rolled back" | undefined;
  looks = (step: string) => this.lines.flatMap(one => (one.event === "look" && one.step === step ? [one] : []));
}

/** Lines of a journal; the last one, if it was cut off while it was written, never happened. */
export function readLines(file: string): Line[] {
  if (!fs.existsSync(file)) return [];
  const text = fs.readFileSync(file, "utf8");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  if (whole.length < text.length) fs.writeFileSync(file, whole);
  return whole
    .split("\n")
    .slice(0, -1)
    .map((line, index) => {
      try {
        return JSON.parse(line) as Line;
      } catch {
        throw fail(`${file}, line ${index + 1}`, "no entry of a journal", "the line that was written");
      }
    });
}
