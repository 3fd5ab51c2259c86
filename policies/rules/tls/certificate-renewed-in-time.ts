import { durationMinutes } from "../../../model/cadence";
import type { Certificate } from "../../engine/certificates";
import { certificate, certificates } from "../../engine/certificates";
import { notKnown } from "../../engine/example";
import { defineRule } from "../../engine/rule";

/** cert-manager's own defaults: ninety days, renewed at two thirds. */
const defaultDuration = "2160h";
const day = 1_440;
/** The longest lifetimes: browsers refuse leaves beyond 398 days; an authority lasts ten years. */
const longest = { leaf: 398 * day, authority: 3_660 * day };
/** Part of the lifetime that must be left when renewal begins: time to notice that it fails. */
const leastShare = 0.2;

export const certificateRenewedInTime = defineRule<Certificate>({
  id: "GL-TLS-03",
  slug: "certificate-renewed-in-time",
  title: "Certificates are short-lived, and renewed long before they end.",
  why: "Renewal fails sooner or later; what is left of the lifetime is the time to notice and repair.",
  fix: "Set duration to at most 398 days (ten years for an authority) and renewBeforePercentage to 33.",
  severity: "high",
  requirements: ["S-165"],
  items: ["F.1"],
  mappings: ["NIST:SC-12", "NIST:SC-17", "ISO:8.24"],
  scope: "resource",
  inspects: "certificate",
  subjects: certificates,
  check: ({ spec = {} }) => {
    const duration = durationMinutes(spec.duration ?? defaultDuration);
    if (duration === undefined)
      return [{ path: "spec.duration", found: "not a duration", needed: 'one such as "2160h"' }];
    const most = spec.isCA === true ? longest.authority : longest.leaf;
    if (duration > most)
      return [{ path: "spec.duration", found: `${Math.ceil(duration / day)} days`, needed: `at most ${most / day}` }];
    const lead =
      spec.renewBefore !== undefined
        ? durationMinutes(spec.renewBefore)
        : (duration * (spec.renewBeforePercentage ?? 33)) / 100;
    if (lead === undefined)
      return [{ path: "spec.renewBefore", found: "not a duration", needed: 'one such as "720h"' }];
    const path = spec.renewBefore !== undefined ? "spec.renewBefore" : "spec.renewBeforePercentage";
    if (lead >= duration)
      return [{ path, found: "no less than the lifetime itself", needed: "less: else it is renewed without end" }];
    return lead < duration * leastShare
      ? [
          {
            path,
            found: `${Math.floor(lead / day)} of ${Math.floor(duration / day)} days`,
            needed: "at least a fifth of the lifetime",
          },
        ]
      : [];
  },
  examples: () => [
    { name: "ninety days, renewed at sixty", given: certificate(), want: "met" },
    { name: "an authority of ten years", given: certificate({ isCA: true, duration: "87600h" }), want: "met" },
    {
      name: "cert-manager's defaults",
      given: certificate({ duration: undefined, renewBeforePercentage: undefined }),
      want: "met",
    },
    { name: "a leaf of ten years", given: certificate({ duration: "87600h" }), want: "not met", says: "at most 398" },
    {
      name: "renewed on the last day",
      given: certificate({ renewBeforePercentage: undefined, renewBefore: "24h" }),
      want: "not met",
      says: "1 of 90 days",
    },
    {
      name: "renewed without end",
      given: certificate({ renewBeforePercentage: undefined, renewBefore: "2160h" }),
      want: "not met",
      says: "without end",
    },
    {
      name: "a fixed lead that outgrows a shrinking lifetime",
      given: certificate({ duration: "480h", renewBeforePercentage: undefined, renewBefore: "720h" }),
      want: "not met",
    },
    { name: "not known yet", given: certificate({ duration: notKnown.string }), want: "unverifiable" },
  ],
});
