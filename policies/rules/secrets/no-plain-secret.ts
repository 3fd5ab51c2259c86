import { notKnown, system } from "../../engine/example";
import { ofKind } from "../../engine/kubernetes";
import type { ExampleResource } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

interface Secret {
  type?: string;
  data?: Record<string, string>;
  stringData?: Record<string, string>;
}

const secrets = ofKind<Secret>("", "Secret");

const secret = (props: object): ExampleResource[] => [
  { type: "kubernetes:core/v1:Secret", name: "db", props: { metadata: { name: "db", namespace: "shop" }, ...props } },
];

export const noPlainSecret = defineRule<Secret>({
  id: "GL-SEC-04",
  slug: "no-plain-secret",
  title: "Secrets come from the store, not from the program.",
  why: "A value in the program is in its history and in the state, and nobody rotates it.",
  fix: "Replace the Secret with an ExternalSecret of the same name, from the store or a generator.",
  severity: "high",
  requirements: ["S-055", "S-151", "S-165"],
  items: ["D.1.2", "F.1"],
  mappings: ["NIST:IA-5", "SOC2:CC6.1", "ISO:8.24"],
  scope: "resource",
  inspects: "secret",
  subjects: secrets,
  check: ({ type, data = {}, stringData = {} }) => {
    if (type === "kubernetes.io/service-account-token") return { notApplicable: "the API server fills it in" };
    return [...Object.keys(data).map(() => "data"), ...Object.keys(stringData).map(() => "stringData")]
      .slice(0, 1)
      .map(path => ({ path, found: "filled in by the program", needed: "an ExternalSecret in its place" }));
  },
  weaken: (subject, all) =>
    all.map(one =>
      one === subject ? { ...subject, props: { ...subject.props, stringData: { password: "weakened" } } } : one,
    ),
  examples: () => [
    { name: "an empty one, filled elsewhere", given: secret({}), want: "met" },
    {
      name: "values in the program",
      given: secret({ stringData: { password: "hunter2" } }),
      want: "not met",
      says: "filled in by the program",
    },
    { name: "values in base64", given: secret({ data: { password: "aHVudGVyMg==" } }), want: "not met" },
    {
      name: "a token of the API server",
      given: secret({ type: "kubernetes.io/service-account-token" }),
      want: "not applicable",
    },
    { name: "no secret", given: system(), want: "not applicable" },
    { name: "not known yet", given: secret({ data: notKnown.object }), want: "unverifiable" },
  ],
});
