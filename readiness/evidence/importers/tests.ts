import type { Importer, Values } from "../imported";
import { countOf, isObject, known, numberOf, objects, textOf, timeOf } from "../imported";

/** Newman's JSON report: assertions are counted, not requests; none at all is no pass (newman#3164). */
export const newman: Importer = (_source, value) => {
  if (!isObject(value) || !isObject(value.run) || !isObject(value.run.stats)) return undefined;
  const { stats, timings } = value.run;
  const assertions = isObject(stats.assertions) ? stats.assertions : {};
  const completed = isObject(timings) ? numberOf(timings.completed) : undefined;
  return [
    {
      format: "Newman report",
      kind: "API test",
      facts: known({ total: countOf(assertions.total), failed: countOf(assertions.failed) }),
      at: { total: "/run/stats/assertions/total", failed: "/run/stats/assertions/failed" },
      ...known({ endedMs: completed }),
    },
  ];
};

/** A summary of tests with its results beside it (S-064). The rows decide; what the summary says besides is the court's. */
export const testSummary: Importer = (_source, value) => {
  if (!isObject(value) || !isObject(value.test_summary) || !Array.isArray(value.test_results)) return undefined;
  const rows = objects(value.test_results);
  const failed = rows.filter(row => !/^(pass(ed)?|ok|success)$/i.test(textOf(row.status) ?? "")).length;
  const ended = timeOf(value.timestamp ?? value.test_summary.timestamp);
  return [
    {
      format: "test summary",
      kind: "API test",
      facts: { total: rows.length, failed },
      at: { total: "/test_results", failed: "/test_results" },
      ...known({ endedMs: ended }),
    },
  ];
};

const asList = (value: unknown): Values[] => (Array.isArray(value) ? objects(value) : isObject(value) ? [value] : []);

/** JUnit's XML in its dialects: cases are counted where they stand, skipped ones are neither passed nor failed. */
export const junit: Importer = (_source, value) => {
  if (!isObject(value) || !(isObject(value.testsuites) || value.testsuite !== undefined)) return undefined;
  const roots = isObject(value.testsuites) ? [value.testsuites] : asList(value.testsuite);
  let [total, failed] = [0, 0];
  let ended: number | undefined;
  const walk = (suite: Values, depth: number): void => {
    if (depth > 20) return;
    for (const one of asList(suite.testcase)) {
      if (one.skipped !== undefined) continue;
      total++;
      if (one.failure !== undefined || one.error !== undefined) failed++;
    }
    const [begun, took] = [timeOf(suite.timestamp), numberOf(suite.time)];
    if (begun !== undefined) ended = Math.max(ended ?? 0, begun + (took ?? 0) * 1_000);
    for (const inner of asList(suite.testsuite)) walk(inner, depth + 1);
  };
  for (const root of roots) walk(root, 0);
  return [{ format: "JUnit report", kind: "API test", facts: { total, failed }, ...known({ endedMs: ended }) }];
};

/** LCOV's tracefile: lines found and hit, summed. */
export const lcov: Importer = ({ text }) => {
  if (!/^(TN:.*\n)?SF:/.test(text)) return undefined;
  const sum = (key: string) =>
    [...text.matchAll(new RegExp(`^${key}:(\\d+)$`, "gm"))].reduce((all, [, count]) => all + Number(count), 0);
  const [found, hit] = [sum("LF"), sum("LH")];
  return [coverage("LCOV tracefile", hit, found)];
};

/** Istanbul's `coverage-summary.json`. */
export const istanbul: Importer = (_source, value) => {
  const lines = isObject(value) && isObject(value.total) && isObject(value.total.lines) ? value.total.lines : undefined;
  if (!lines || countOf(lines.total) === undefined || countOf(lines.covered) === undefined) return undefined;
  return [coverage("Istanbul summary", countOf(lines.covered)!, countOf(lines.total)!)];
};

/** Cobertura's XML. */
export const cobertura: Importer = (_source, value) => {
  const root = isObject(value) && isObject(value.coverage) ? value.coverage : undefined;
  const [hit, all] = [countOf(root?.["lines-covered"]), countOf(root?.["lines-valid"])];
  if (hit === undefined || all === undefined) return undefined;
  const ms = numberOf(root!.timestamp);
  // Seconds in some versions, milliseconds in others.
  return [{ ...coverage("Cobertura report", hit, all), ...known({ endedMs: ms && (ms < 1e11 ? ms * 1_000 : ms) }) }];
};

/** JaCoCo's XML: the counters of the report as a whole. */
export const jacoco: Importer = (_source, value) => {
  const root = isObject(value) && isObject(value.report) ? value.report : undefined;
  const line = asList(root?.counter).find(one => one.type === "LINE");
  const [missed, hit] = [countOf(line?.missed), countOf(line?.covered)];
  if (missed === undefined || hit === undefined) return undefined;
  return [coverage("JaCoCo report", hit, hit + missed)];
};

const coverage = (format: string, hit: number, all: number) => ({
  format,
  kind: "coverage" as const,
  facts: known({ inspected: all, coverage: all > 0 && hit <= all ? hit / all : undefined }),
});
