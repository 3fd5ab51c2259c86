import type { AnyRule } from "../engine/rule";
import { noRightsForEverybody } from "./access/no-rights-for-everybody";
import { ownServiceAccount } from "./access/own-service-account";
import { rolesLeastPrivilege } from "./access/roles-least-privilege";
import { serviceAccountTokenOff } from "./access/service-account-token-off";
import { budgetLetsGoOfBroken } from "./availability/budget-lets-go-of-broken";
import { disruptionBudget } from "./availability/disruption-budget";
import { gracefulEnd } from "./availability/graceful-end";
import { notPinnedToANode } from "./availability/not-pinned-to-a-node";
import { prioritised } from "./availability/prioritised";
import { probes } from "./availability/probes";
import { queueScalingBounded } from "./availability/queue-scaling-bounded";
import { replicas } from "./availability/replicas";
import { scaleDownWaits } from "./availability/scale-down-waits";
import { zoneSpread } from "./availability/zone-spread";
import { balancerKept } from "./aws/balancer-kept";
import { balancerListensWithTls } from "./aws/balancer-listens-with-tls";
import { cacheEncrypted } from "./aws/cache-encrypted";
import { cacheFailsOver } from "./aws/cache-fails-over";
import { clusterCurrent } from "./aws/cluster-current";
import { databaseBackedUp } from "./aws/database-backed-up";
import { databaseEncrypted } from "./aws/database-encrypted";
import { databaseInTwoZones } from "./aws/database-in-two-zones";
import { databaseKept } from "./aws/database-kept";
import { databaseLogged } from "./aws/database-logged";
import { databasePrivate } from "./aws/database-private";
import { defaultSecurityGroupEmpty } from "./aws/default-security-group-empty";
import { disksEncrypted } from "./aws/disks-encrypted";
import { keyRotated } from "./aws/key-rotated";
import { logGroupKept } from "./aws/log-group-kept";
import { metadataGuarded } from "./aws/metadata-guarded";
import { noAdminAttached } from "./aws/no-admin-attached";
import { noPublicAddress } from "./aws/no-public-address";
import { nodeGroupClosed } from "./aws/node-group-closed";
import { queueEncrypted } from "./aws/queue-encrypted";
import { registryImmutable } from "./aws/registry-immutable";
import { searchEncrypted } from "./aws/search-encrypted";
import { secretKept } from "./aws/secret-kept";
import { securityGroupClosed } from "./aws/security-group-closed";
import { securityGroupExplained } from "./aws/security-group-explained";
import { tableRecoverable } from "./aws/table-recoverable";
import { trailComplete } from "./aws/trail-complete";
import { vaultEncrypted } from "./aws/vault-encrypted";
import { volumeEncrypted } from "./aws/volume-encrypted";
import { backupOffSite } from "./backup/backup-off-site";
import { backupRetention } from "./backup/backup-retention";
import { backupScheduled } from "./backup/backup-scheduled";
import { logShipped } from "./backup/log-shipped";
import { objectCopyKept } from "./backup/object-copy-kept";
import { restoreDrillScheduled } from "./backup/restore-drill-scheduled";
import { rpoAttainable } from "./backup/rpo-attainable";
import { bucketGuarded } from "./cloud/bucket-guarded";
import { cloudRightsLeast } from "./cloud/cloud-rights-least";
import { clusterClosed } from "./cloud/cluster-closed";
import { claimClassNamed } from "./data/claim-class-named";
import { claimsRetained } from "./data/claims-retained";
import { dataChecksums } from "./data/data-checksums";
import { logVolume } from "./data/log-volume";
import { noForbiddenSettings } from "./data/no-forbidden-settings";
import { snapshotClassKeeps } from "./data/snapshot-class-keeps";
import { storageClassSafe } from "./data/storage-class-safe";
import { storeAntiAffinity } from "./data/store-anti-affinity";
import { storeProtected } from "./data/store-protected";
import { storeQuorum } from "./data/store-quorum";
import { synchronousReplication } from "./data/synchronous-replication";
import { releaseGradual } from "./delivery/release-gradual";
import { releaseMeasured } from "./delivery/release-measured";
import { rollbackKept } from "./delivery/rollback-kept";
import { rollsWithoutAGap } from "./delivery/rolls-without-a-gap";
import { statefulRolls } from "./delivery/stateful-rolls";
import { targetOfTheRun } from "./gate/target-of-the-run";
import { jobBounded } from "./jobs/job-bounded";
import { scheduleBounded } from "./jobs/schedule-bounded";
import { bothEndsAgree } from "./network/both-ends-agree";
import { defaultDeny } from "./network/default-deny";
import { gatewayBreaksTheCircuit } from "./network/gateway-breaks-the-circuit";
import { gatewayTlsFloor } from "./network/gateway-tls-floor";
import { ingressHostNamed } from "./network/ingress-host-named";
import { noDefaultNamespace } from "./network/no-default-namespace";
import { noDirectExposure } from "./network/no-direct-exposure";
import { noExternalName } from "./network/no-external-name";
import { noIngressSnippets } from "./network/no-ingress-snippets";
import { noOpenPolicy } from "./network/no-open-policy";
import { podSecurityLabels } from "./network/pod-security-labels";
import { routeHostNamed } from "./network/route-host-named";
import { alertActionable } from "./observability/alert-actionable";
import { alertingSurvives } from "./observability/alerting-survives";
import { monitoringSurvives } from "./observability/monitoring-survives";
import { promiseAlerts } from "./observability/promise-alerts";
import { promiseOnADashboard } from "./observability/promise-on-a-dashboard";
import { serviceHasPromise } from "./observability/service-has-promise";
import { serviceMonitored } from "./observability/service-monitored";
import { storeAlerts } from "./observability/store-alerts";
import { tracesSent } from "./observability/traces-sent";
import { apparmorKept } from "./pod/apparmor-kept";
import { capabilitiesDropped } from "./pod/capabilities-dropped";
import { noHostNamespaces } from "./pod/no-host-namespaces";
import { noHostPaths } from "./pod/no-host-paths";
import { noHostPorts } from "./pod/no-host-ports";
import { noHostProbes } from "./pod/no-host-probes";
import { noHostProcess } from "./pod/no-host-process";
import { noLowPorts } from "./pod/no-low-ports";
import { noPrivilegeEscalation } from "./pod/no-privilege-escalation";
import { noSharedProcesses } from "./pod/no-shared-processes";
import { noStrongCapabilities } from "./pod/no-strong-capabilities";
import { noTerminal } from "./pod/no-terminal";
import { notPrivileged } from "./pod/not-privileged";
import { procMasked } from "./pod/proc-masked";
import { procMaskedAlways } from "./pod/proc-masked-always";
import { readOnlyRootFilesystem } from "./pod/read-only-root-filesystem";
import { runAsNonRoot } from "./pod/run-as-non-root";
import { safeSysctls } from "./pod/safe-sysctls";
import { seccompNotOff } from "./pod/seccomp-not-off";
import { seccompProfile } from "./pod/seccomp-profile";
import { selinuxKept } from "./pod/selinux-kept";
import { volumeKinds } from "./pod/volume-kinds";
import { accountsAndClassesExist } from "./references/accounts-and-classes-exist";
import { autoscalerTargetAndBounds } from "./references/autoscaler-target-and-bounds";
import { namesUnique } from "./references/names-unique";
import { noOrphanedSelector } from "./references/no-orphaned-selector";
import { routeBackendExists } from "./references/route-backend-exists";
import { secretReferencesExist } from "./references/secret-references-exist";
import { selectorMatchesTemplate } from "./references/selector-matches-template";
import { servicePortExists } from "./references/service-port-exists";
import { serviceSelectorMatches } from "./references/service-selector-matches";
import { namespaceBounded } from "./resources/namespace-bounded";
import { quotaHoldsTheCeiling } from "./resources/quota-holds-the-ceiling";
import { requestsAndLimits } from "./resources/requests-and-limits";
import { scratchBounded } from "./resources/scratch-bounded";
import { externalSecretFresh } from "./secrets/external-secret-fresh";
import { externalSecretKept } from "./secrets/external-secret-kept";
import { noPlainSecret } from "./secrets/no-plain-secret";
import { noSecretInEnv } from "./secrets/no-secret-in-env";
import { noStandingToken } from "./secrets/no-standing-token";
import { secretStoreScoped } from "./secrets/secret-store-scoped";
import { chartsRendered } from "./supply-chain/charts-rendered";
import { customKindsKnown } from "./supply-chain/custom-kinds-known";
import { imageByDigest } from "./supply-chain/image-by-digest";
import { imageCanBePulled } from "./supply-chain/image-can-be-pulled";
import { noOpaqueRelease } from "./supply-chain/no-opaque-release";
import { webhookBounded } from "./supply-chain/webhook-bounded";
import { certificateKeyRotation } from "./tls/certificate-key-rotation";
import { certificateRenewedInTime } from "./tls/certificate-renewed-in-time";
import { certificateStrongKey } from "./tls/certificate-strong-key";
import { listenersEncrypted } from "./tls/listeners-encrypted";
import { storesEncrypted } from "./tls/stores-encrypted";

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
  databaseEncrypted,
  databasePrivate,
  databaseInTwoZones,
  databaseBackedUp,
  databaseKept,
  databaseLogged,
  cacheEncrypted,
  cacheFailsOver,
  tableRecoverable,
  volumeEncrypted,
  metadataGuarded,
  disksEncrypted,
  noPublicAddress,
  securityGroupClosed,
  securityGroupExplained,
  defaultSecurityGroupEmpty,
  balancerListensWithTls,
  balancerKept,
  logGroupKept,
  keyRotated,
  secretKept,
  trailComplete,
  registryImmutable,
  vaultEncrypted,
  queueEncrypted,
  nodeGroupClosed,
  clusterCurrent,
  noAdminAttached,
  searchEncrypted,
  ingressHostNamed,
  noIngressSnippets,
  noExternalName,
  routeHostNamed,
  gatewayBreaksTheCircuit,
  gatewayTlsFloor,
  noRightsForEverybody,
  noStandingToken,
  claimClassNamed,
  storageClassSafe,
  snapshotClassKeeps,
  jobBounded,
  budgetLetsGoOfBroken,
  scaleDownWaits,
  rollbackKept,
  rollsWithoutAGap,
  statefulRolls,
  certificateStrongKey,
  externalSecretFresh,
  webhookBounded,
  monitoringSurvives,
  alertingSurvives,
  queueScalingBounded,
  objectCopyKept,
  ownServiceAccount,
  noSharedProcesses,
  notPinnedToANode,
  noTerminal,
  imageCanBePulled,
  noLowPorts,
  prioritised,
  promiseAlerts,
  serviceHasPromise,
  promiseOnADashboard,
  tracesSent,
  releaseMeasured,
  releaseGradual,
  bothEndsAgree,
  quotaHoldsTheCeiling,
  servicePortExists,
  routeBackendExists,
  accountsAndClassesExist,
  namesUnique,
];
