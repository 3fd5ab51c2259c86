import { unknownSentinels } from "../../../model/unknown";
import { system } from "../../engine/example";
import { allowedAccounts } from "../../engine/target";
import { readAll } from "../../engine/kubernetes";
import { defineRule } from "../../engine/rule";

interface Provider {
  allowedAccountIds?: unknown;
}

const type = "pulumi:providers:aws";

/** Whoever runs it, with whatever credentials lie about: AWS itself is asked which account they are of. */
export const accountOfTheRun = defineRule<Provider>({
  id: "GL-GATE-03",
  slug: "account-of-the-run",
  title: "Every AWS provider may reach one account, by number.",
  why: "Credentials decide which account is changed, and they are left over in shells: a provider that names its account refuses those of any other.",
  fix: 'Set `aws:allowedAccountIds: ["123456789012"]` in the stack\'s config, or allowedAccountIds on the provider.',
  severity: "high",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["NIST:CM-5"],
  scope: "resource",
  inspects: "provider",
  subjects: resource =>
    resource.type === type ? [{ resource, path: "", read: () => readAll<Provider>(resource) }] : [],
  check: ({ allowedAccountIds }) => {
    const accounts = allowedAccounts(allowedAccountIds);
    const path = "allowedAccountIds";
    if (accounts.length === 0) return [{ path, found: "not set", needed: "the number of the account" }];
    if (accounts.length > 1) return [{ path, found: `${accounts.length} accounts`, needed: "one" }];
    return /^\d{12}$/.test(accounts[0]!) ? [] : [{ path, found: "no account's number", needed: "twelve digits" }];
  },
  examples: () => [
    {
      name: "one account, as the engine hands it over",
      given: [...system(), { type, name: "default", props: { allowedAccountIds: '["111122223333"]' } }],
      want: "met",
    },
    {
      name: "any account",
      given: [...system(), { type, name: "default", props: { region: "eu-central-1" } }],
      want: "not met",
      says: "allowedAccountIds is not set",
    },
    {
      name: "two accounts",
      given: [...system(), { type, name: "default", props: { allowedAccountIds: ["111122223333", "444455556666"] } }],
      want: "not met",
      says: "allowedAccountIds is 2 accounts",
    },
    {
      name: "not known yet",
      given: [...system(), { type, name: "default", props: { allowedAccountIds: unknownSentinels.string } }],
      want: "unverifiable",
    },
    { name: "no AWS", given: system(), want: "not applicable" },
  ],
});
