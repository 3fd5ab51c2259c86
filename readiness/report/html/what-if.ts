import type { LimitText, Limits } from "../../../model/limits";
import { limitTexts } from "../../../model/limits";
import type { Blocker } from "../../blockers";
import type { Labels } from "./labels";
import { safe } from "./tables";

/** A limit as people read it. */
export const limitNumber = (value: number, { per }: LimitText): number => Number((value / per).toFixed(4));

/**
 * What one may suppose, as a form that shows only where the script runs (`readiness/replay-page.ts`): what is repaired, and other
 * limits. Under it the verdict as it would be; a mark lies over the whole page as long as anything is supposed.
 */
export function whatIfSection(
  { blockers, limits, contradictions }: { blockers: readonly Blocker[]; limits: Limits; contradictions: number },
  l: Labels,
): string {
  const box = (value: string, text: string, kind: string) =>
    `<li><label><input type="checkbox" data-suppose="${kind}" value="${safe(value)}"> ${safe(text)}</label></li>`;
  const numbers = (Object.entries(limitTexts) as [keyof Limits, LimitText][]).map(
    ([name, text]) =>
      `<li><label>${safe(text.what)}, ${safe(text.bound)} <input type="number" min="0" step="any" data-limit="${name}" data-per="${text.per}" value="${limitNumber(limits[name], text)}"> ${safe(text.unit)}</label></li>`,
  );
  return `<section id="what-if" hidden data-mark="${safe(l.whatIfMark)}"><h2>${safe(l.whatIf)}</h2>
<p>${safe(l.whatIfHint)}</p>
<form><ul>${blockers.map(one => box(one.cause, `${one.id} ${one.title}`, "repaired")).join("")}${contradictions > 0 ? box("", l.settled, "settled") : ""}</ul>
<ul class="limits">${numbers.join("")}</ul>
<p><button type="reset">${safe(l.reset)}</button></p></form>
<p id="supposed" role="status" data-label="${safe(`${l.whatIfMark}. ${l.wouldBe}`)}"></p>
<ul id="still"></ul></section>`;
}
