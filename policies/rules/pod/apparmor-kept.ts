import { demandRule } from "../../engine/demand";
import { at, notKnown, valuesAt } from "../../engine/example";

/** Pod Security Standards, baseline, "AppArmor". */
export const apparmorKept = demandRule({
  id: "GL-POD-12",
  slug: "apparmor-kept",
  title: "No pod switches off the runtime's AppArmor profile.",
  why: "AppArmor is what is left when a process has broken out of everything else.",
  fix: "Remove the profile, or name RuntimeDefault or a Localhost one.",
  severity: "high",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["PSS:baseline", "CIS:5.7.3", "NIST:AC-6"],
  groups: ["pss-baseline", "pss-restricted"],
  inspects: "container",
  showable: ["type"],
  demand: {
    clauses: [
      ...(["pod", "container"] as const).map(of => ({
        of,
        path: "securityContext.appArmorProfile.type",
        want: { oneOf: ["RuntimeDefault", "Localhost"] },
        needed: "RuntimeDefault or Localhost",
      })),
      {
        of: "template",
        path: "annotations{container.apparmor.security.beta.kubernetes.io/}",
        want: { matches: "^$|^runtime/default$|^localhost/" },
        needed: "runtime/default or localhost/…",
      },
    ],
  },
  examples: () => [
    ...valuesAt(["Deployment", `${at.pod}.securityContext.appArmorProfile`], {
      met: [undefined, { type: "RuntimeDefault" }],
      notMet: [[{ type: "Unconfined" }, 'appArmorProfile.type is "Unconfined"; need RuntimeDefault or Localhost']],
      unverifiable: [notKnown.object],
    }),
    ...valuesAt(["Deployment", `${at.container}.securityContext.appArmorProfile`], {
      met: [{ type: "Localhost", localhostProfile: "shop" }],
      notMet: [[{ type: "Unconfined" }, '"Unconfined"']],
    }),
    ...valuesAt(["Deployment", "spec.template.metadata.annotations"], {
      met: [{ "container.apparmor.security.beta.kubernetes.io/api": "localhost/shop" }],
      notMet: [
        [{ "container.apparmor.security.beta.kubernetes.io/api": "unconfined" }, "need runtime/default or localhost"],
      ],
      unverifiable: [{ "container.apparmor.security.beta.kubernetes.io/api": notKnown.string }],
    }),
  ],
});
