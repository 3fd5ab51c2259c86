import type { Limits } from "../../model/limits";
import type { Imported } from "./imported";
import { enoughForP95, shareBounds } from "./samples";
import type { Judged } from "./setting";

const unverifiable = (reason: string, inspected = 0): Judged => ({ state: "unverifiable", reason, inspected });
const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;
const met = (reason: string, inspected: number): Judged => ({ state: "met", reason, inspected });
const notMet = (reason: string, inspected: number): Judged => ({ state: "not met", reason, inspected });

/** S-071: the core endpoints that a test of the API has to cover at least. */
const fewestTests = 5;

/** What the facts say by themselves. */
export function judgeFacts({ kind, facts }: Imported, limit: Limits): Judged {
  const { total, failed, inspected = 0 } = facts;
  switch (kind) {
    case "load test":
    case "stress test": {
      if (!total) return unverifiable("it counts no request", 0);
      if (failed === undefined || failed > total)
        return unverifiable("it does not say how many requests failed", total);
      if (facts.p95Ms === undefined) return unverifiable("it gives no P95", total);
      const bounds = shareBounds(failed, total);
      const rate = `${failed} of ${total} requests failed (${percent(failed / total)})`;
      if (kind === "stress test") return met(`the limit was looked for with ${total} requests`, total);
      if (facts.p95Ms >= limit.p95Ms) return notMet(`P95 is ${facts.p95Ms} ms; need below ${limit.p95Ms} ms`, total);
      if (facts.jobP95Ms !== undefined && facts.jobP95Ms >= limit.jobMs)
        return notMet(`P95 of jobs is ${facts.jobP95Ms} ms; need below ${limit.jobMs} ms`, total);
      if (failed / total >= limit.errorRate) return notMet(`${rate}; need below ${percent(limit.errorRate)}`, total);
      if ((facts.brokenLimits ?? 0) > 0) return notMet(`${facts.brokenLimits} of its own limits were broken`, total);
      if (total < enoughForP95)
        return unverifiable(`${total} requests do not prove a P95; need ${enoughForP95}`, total);
      if (bounds.high >= limit.errorRate)
        return unverifiable(`${rate}, which may be up to ${percent(bounds.high)}: too few to tell`, total);
      return met(`P95 ${facts.p95Ms} ms, ${rate}`, total);
    }
    case "API test": {
      if (!total) return unverifiable("it counts no assertion", 0);
      if (failed === undefined || failed > total) return unverifiable("it does not say how many failed", total);
      if (total < fewestTests) return unverifiable(`${total} tests are too few to tell; need ${fewestTests}`, total);
      const rate = (total - failed) / total;
      const said = `${total - failed} of ${total} passed (${percent(rate)})`;
      return rate < limit.passRate ? notMet(`${said}; need ${percent(limit.passRate)}`, total) : met(said, total);
    }
    case "build report":
    case "probe result":
      if (!total || failed === undefined) return unverifiable("it counts nothing", 0);
      return failed > 0
        ? notMet(`${failed} of ${total} failed; need none`, total)
        : met(`all ${total} are well`, total);
    case "coverage":
      if (inspected === 0 || facts.coverage === undefined) return unverifiable("it counts no line", 0);
      return facts.coverage < limit.coverage
        ? notMet(`${percent(facts.coverage)} of ${inspected} lines; need ${percent(limit.coverage)}`, inspected)
        : met(`${percent(facts.coverage)} of ${inspected} lines`, inspected);
    case "image scan":
    case "source scan":
      if (inspected === 0 || facts.severe === undefined)
        return unverifiable("it does not say that it looked at anything", 0);
      return facts.severe > limit.severeFindings
        ? notMet(`${facts.severe} severe findings; need ${limit.severeFindings}`, inspected)
        : met(`no severe finding in ${inspected}`, inspected);
    case "SBOM":
      return inspected === 0 ? unverifiable("it lists nothing", 0) : met(`${inspected} components`, inspected);
    case "objective snapshot":
      if (!facts.objectives || facts.missed === undefined) return unverifiable("it holds no objective", 0);
      return facts.missed > 0
        ? notMet(`${facts.missed} of ${facts.objectives} budgets are spent`, facts.objectives)
        : met(`${facts.objectives} budgets are left`, facts.objectives);
    case "alert history": {
      const { pages } = facts;
      if (pages === undefined || total === undefined) return unverifiable("it holds no alert", 0);
      if (pages === 0) return met(`nobody was paged, ${total} alerts`, total);
      if (facts.pagesActedOn === undefined) return unverifiable("it does not say which pages were acted on", total);
      const share = facts.pagesActedOn / pages;
      const said = `${facts.pagesActedOn} of ${pages} pages were acted on`;
      return share < limit.pagesActedOn
        ? notMet(`${said}; need ${percent(limit.pagesActedOn)}`, total)
        : met(said, total);
    }
    case "restore drill":
      if (facts.succeeded === false) return notMet("the restore did not succeed", 1);
      if (facts.succeeded === undefined) return unverifiable("it does not say that the restore succeeded", 0);
      return times([
        ["RTO", facts.rtoMs, limit.rtoMs],
        ["RPO", facts.rpoMs, limit.rpoMs],
      ]);
    case "rollback drill":
      if (facts.succeeded === false) return notMet("the rollback did not succeed", 1);
      if (facts.succeeded === undefined) return unverifiable("it does not say that the rollback succeeded", 0);
      return times([["the rollback", facts.rollbackMs, limit.rollbackMs]]);
    default:
      // Drills of failures, records of changes and rollouts, samples: whether what they are about went well, by their word.
      if (facts.succeeded === undefined) return unverifiable("it does not say how it ended", 0);
      return facts.succeeded ? met("it ended well", Math.max(1, total ?? inspected)) : notMet("it did not end well", 1);
  }
}

/** Every time has to be there and below its limit. */
function times(all: [name: string, ms: number | undefined, limitMs: number][]): Judged {
  for (const [name, ms, limitMs] of all)
    if (ms !== undefined && ms >= limitMs)
      return notMet(`${name} took ${Math.round(ms / 1_000)} s; need below ${limitMs / 1_000} s`, 1);
  const missing = all.filter(([, ms]) => ms === undefined || ms < 0).map(([name]) => name);
  if (missing.length > 0) return unverifiable(`it gives no ${missing.join(", no ")}`, 0);
  return met(all.map(([name, ms]) => `${name} ${Math.round(ms! / 1_000)} s`).join(", "), 1);
}
