import type { AnyRule } from "../engine/rule";
import { rolesLeastPrivilege } from "./access/roles-least-privilege";
import { serviceAccountTokenOff } from "./access/service-account-token-off";
import { disruptionBudget } from "./availability/disruption-budget";
import { gracefulEnd } from "./availability/graceful-end";
import { probes } from "./availability/probes";
import { replicas } from "./availability/replicas";
import { zoneSpread } from "./availability/zone-spread";
import { backupOffSite } from "./backup/backup-off-site";
import { backupRetention } from "./backup/backup-retention";
import { backupScheduled } from "./backup/backup-scheduled";
import { logShipped } from "./backup/log-shipped";
import { restoreDrillScheduled } from "./backup/restore-drill-scheduled";
import { rpoAttainable } from "./backup/rpo-attainable";
import { bucketGuarded } from "./cloud/bucket-guarded";
import { cloudRightsLeast } from "./cloud/cloud-rights-least";
import { clusterClosed } from "./cloud/cluster-closed";
import { claimsRetained } from "./data/claims-retained";
import { dataChecksums } from "./data/data-checksums";
import { logVolume } from "./data/log-volume";
import { noForbiddenSettings } from "./data/no-forbidden-settings";
import { storeAntiAffinity } from "./data/store-anti-affinity";
import { storeProtected } from "./data/store-protected";
import { storeQuorum } from "./data/store-quorum";
import { synchronousReplication } from "./data/synchronous-replication";
import { targetOfTheRun } from "./gate/target-of-the-run";
import { scheduleBounded } from "./jobs/schedule-bounded";
import { defaultDeny } from "./network/default-deny";
import { noDefaultNamespace } from "./network/no-default-namespace";
import { noDirectExposure } from "./network/no-direct-exposure";
import { noOpenPolicy } from "./network/no-open-policy";
import { podSecurityLabels } from "./network/pod-security-labels";
import { alertActionable } from "./observability/alert-actionable";
import { serviceMonitored } from "./observability/service-monitored";
import { storeAlerts } from "./observability/store-alerts";
import { capabilitiesDropped } from "./pod/capabilities-dropped";
import { noHostNamespaces } from "./pod/no-host-namespaces";
import { noPrivilegeEscalation } from "./pod/no-privilege-escalation";
import { readOnlyRootFilesystem } from "./pod/read-only-root-filesystem";
import { runAsNonRoot } from "./pod/run-as-non-root";
import { seccompProfile } from "./pod/seccomp-profile";
import { autoscalerTargetAndBounds } from "./references/autoscaler-target-and-bounds";
import { noOrphanedSelector } from "./references/no-orphaned-selector";
import { secretReferencesExist } from "./references/secret-references-exist";
import { selectorMatchesTemplate } from "./references/selector-matches-template";
import { serviceSelectorMatches } from "./references/service-selector-matches";
import { namespaceBounded } from "./resources/namespace-bounded";
import { requestsAndLimits } from "./resources/requests-and-limits";
import { scratchBounded } from "./resources/scratch-bounded";
import { externalSecretKept } from "./secrets/external-secret-kept";
import { noPlainSecret } from "./secrets/no-plain-secret";
import { noSecretInEnv } from "./secrets/no-secret-in-env";
import { secretStoreScoped } from "./secrets/secret-store-scoped";
import { chartsRendered } from "./supply-chain/charts-rendered";
import { customKindsKnown } from "./supply-chain/custom-kinds-known";
import { imageByDigest } from "./supply-chain/image-by-digest";
import { noOpaqueRelease } from "./supply-chain/no-opaque-release";
import { certificateKeyRotation } from "./tls/certificate-key-rotation";
import { certificateRenewedInTime } from "./tls/certificate-renewed-in-time";
import { listenersEncrypted } from "./tls/listeners-encrypted";
import { storesEncrypted } from "./tls/stores-encrypted";
import { notPrivileged } from "./pod/not-privileged";
import { noStrongCapabilities } from "./pod/no-strong-capabilities";
import { noHostPaths } from "./pod/no-host-paths";
import { noHostPorts } from "./pod/no-host-ports";
import { noHostProbes } from "./pod/no-host-probes";
import { apparmorKept } from "./pod/apparmor-kept";
import { selinuxKept } from "./pod/selinux-kept";
import { procMasked } from "./pod/proc-masked";
import { seccompNotOff } from "./pod/seccomp-not-off";
import { safeSysctls } from "./pod/safe-sysctls";
import { noHostProcess } from "./pod/no-host-process";
import { volumeKinds } from "./pod/volume-kinds";
import { procMaskedAlways } from "./pod/proc-masked-always";

/** Every rule, in the order of reports. A new rule is one file and one line here. */
export const rules: readonly AnyRule[] = [
  runAsNonRoot,
  noPrivilegeEscalation,
  capabilitiesDropped,
  readOnlyRootFilesystem,
  seccompProfile,
  noHostNamespaces,
  notPrivileged,
  noStrongCapabilities,
  noHostPaths,
  noHostPorts,
  noHostProbes,
  apparmorKept,
  selinuxKept,
  procMasked,
  seccompNotOff,
  safeSysctls,
  noHostProcess,
  volumeKinds,
  procMaskedAlways,
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
  namespaceBounded,
  scratchBounded,
  gracefulEnd,
  customKindsKnown,
  noOpaqueRelease,
  noDirectExposure,
  noOpenPolicy,
  podSecurityLabels,
  rolesLeastPrivilege,
  externalSecretKept,
  noPlainSecret,
  secretStoreScoped,
  certificateKeyRotation,
  certificateRenewedInTime,
  listenersEncrypted,
  storesEncrypted,
  claimsRetained,
  dataChecksums,
  logVolume,
  noForbiddenSettings,
  storeAntiAffinity,
  storeProtected,
  storeQuorum,
  synchronousReplication,
  backupOffSite,
  backupRetention,
  backupScheduled,
  logShipped,
  restoreDrillScheduled,
  rpoAttainable,
  alertActionable,
  serviceMonitored,
  storeAlerts,
  autoscalerTargetAndBounds,
  noOrphanedSelector,
  secretReferencesExist,
  selectorMatchesTemplate,
  serviceSelectorMatches,
  scheduleBounded,
  targetOfTheRun,
  cloudRightsLeast,
  bucketGuarded,
  clusterClosed,
  chartsRendered,
];
