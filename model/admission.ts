/** What the API server itself is to refuse, as data: the build writes it from the rules, a component deploys it. */
export interface AdmissionPolicy {
  /** Name of the policy, such as `pod-security`. */
  name: string;
  /** True where nobody is above it; false where operators, who answer for what they make, are let through. */
  forAll: boolean;
  resourceRules: { apiGroups: string[]; apiVersions: string[]; resources: string[]; operations: string[] }[];
  variables: { name: string; expression: string }[];
  /** One for each rule, by its id. */
  validations: { rule: string; expression: string; message: string }[];
}
