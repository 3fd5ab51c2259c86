import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("aws:lb/listener:Listener", {
  protocol: "HTTPS",
  sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
  defaultActions: [{ type: "forward" }],
});

export const balancerListensWithTls = demandRule({
  id: "GL-AWS-17",
  slug: "balancer-listens-with-tls",
  title: "Load balancers of the cloud offer TLS 1.2 or newer, or pass it through.",
  why: "In clear, or with old ciphers, everybody on the way can read along.",
  fix: "Use protocol HTTPS or TLS with a policy of TLS 1.2 or 1.3; port 80 may only redirect.",
  severity: "high",
  requirements: ["S-165"],
  items: ["F.1"],
  mappings: ["NIST:SC-8", "CKV_AWS_2", "CKV_AWS_103"],
  inspects: "listener",
  showable: ["sslPolicy", "type"],
  demand: {
    types: ["aws:lb/listener:Listener", "aws:alb/listener:Listener"],
    clauses: [
      {
        of: "object",
        path: "sslPolicy",
        when: { path: "protocol", is: "HTTPS" },
        required: true,
        want: { matches: "TLS13|TLS-1-2" },
        needed: "a policy of TLS 1.2 or 1.3",
      },
      {
        of: "object",
        path: "sslPolicy",
        when: { path: "protocol", is: "TLS" },
        required: true,
        want: { matches: "TLS13|TLS-1-2" },
        needed: "a policy of TLS 1.2 or 1.3",
      },
      {
        of: "object",
        path: "defaultActions[].type",
        when: { path: "protocol", is: "HTTP" },
        want: { oneOf: ["redirect"] },
        needed: '"redirect"',
      },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["Listener", "sslPolicy"],
      {
        met: ["ELBSecurityPolicy-TLS13-1-2-2021-06"],
        notMet: [
          [undefined, "sslPolicy is missing"],
          ["ELBSecurityPolicy-2016-08", 'sslPolicy is "ELBSecurityPolicy-2016-08"; need a policy of TLS 1.2 or 1.3'],
        ],
        unverifiable: [notKnown.string],
      },
      given,
    ),
    ...valuesAt(
      ["Listener", "protocol"],
      {
        met: ["TCP"],
        notMet: [["HTTP", 'defaultActions[0].type is "forward"; need "redirect"']],
        unverifiable: [notKnown.string],
      },
      given,
    ),
    noneOfIt,
  ],
});
