import type { AnyRule } from "../engine/rule";
import { serviceAccountTokenOff } from "./access/service-account-token-off";
import { disruptionBudget } from "./availability/disruption-budget";
import { probes } from "./availability/probes";
import { replicas } from "./availability/replicas";
import { zoneSpread } from "./availability/zone-spread";
import { targetOfTheRun } from "./gate/target-of-the-run";
import { defaultDeny } from "./network/default-deny";
import { noDefaultNamespace } from "./network/no-default-namespace";
import { capabilitiesDropped } from "./pod/capabilities-dropped";
import { noHostNamespaces } from "./pod/no-host-namespaces";
import { noPrivilegeEscalation } from "./pod/no-privilege-escalation";
import { readOnlyRootFilesystem } from "./pod/read-only-root-filesystem";
import { runAsNonRoot } from "./pod/run-as-non-root";
import { seccompProfile } from "./pod/seccomp-profile";
import { requestsAndLimits } from "./resources/requests-and-limits";
import { noSecretInEnv } from "./secrets/no-secret-in-env";
import { imageByDigest } from "./supply-chain/image-by-digest";

/** Every rule, in the order of reports. A new rule is one file and one line here. */
export const rules: readonly AnyRule[] = [
  runAsNonRoot,
  noPrivilegeEscalation,
  capabilitiesDropped,
  readOnlyRootFilesystem,
  seccompProfile,
  noHostNamespaces,
  requestsAndLimits,
  probes,
  replicas,
  disruptionBudget,
  zoneSpread,
  imageByDigest,
  noDefaultNamespace,
  defaultDeny,
  serviceAccountTokenOff,
  noSecretInEnv,
  targetOfTheRun,
];
