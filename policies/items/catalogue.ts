/**
 * The 36 items and seven actions of the production readiness review (requirements.md §1.6), in our own words. Rules
 * name the items they help to decide. What no rule, evidence or attestation decides yet is said here, and keeps the item
 * unverifiable above tier `local`: a part that holds is not the whole.
 */
export interface Item {
  /** `A.1.1` … `E.3.1`, `F.1` … `F.7`. */
  id: string;
  /** The wanted state in a sentence. */
  title: string;
  requirements: string[];
  /** The part that nothing decides yet; absent when the item's rules decide all of it. */
  undecided?: string;
}

const item = (id: string, title: string, ...requirements: string[]): Item => ({
  id,
  title,
  requirements,
  undecided: partly[id] ?? "all of it",
});

/** Items that rules decide in part, with the part that is left. */
const partly: Record<string, string> = {
  "A.2.1": "dependencies outside the cluster, and between services",
  "A.3.1": "failing over for real",
  "A.3.3": "that a restore was done, timed and checked",
  "B.1.2": "headroom under the expected load, and storage speed",
  "B.1.3": "that scaling starts before saturation",
  "C.1.1": "that the four signals are among what is scraped",
  "C.4.1": "alerts on budget burn, error rate and saturation of services",
  "C.4.2": "where alerts go",
  "D.1.1": "the pipeline, its tests and scans",
  "D.1.2": "approval of changes, rights of people, the audit trail",
  "D.2.1": "whether the strategy fits the service's importance",
  "D.3.1": "going back in one step, infrastructure included",
  "E.2.1": "that playbooks were read and tried",
  "E.2.2": "written procedures",
  "F.1": "TLS between services, and that certificates are in force",
  "F.3": "limits, retries and breakers at the gateway",
  "F.5": "minimal images, and a scan of each",
  "F.6": "that a restore was done, timed and checked",
};

export const items: readonly Item[] = [
  item("A.1.1", "Service level indicators are defined and measurable.", "S-120"),
  item("A.1.2", "Each indicator has a target, and the target is met.", "S-121", "S-122", "S-123"),
  item("A.1.3", "Burning the error budget raises alerts, and spending it freezes releases.", "S-124"),
  item("A.2.1", "Every dependency a service needs is named.", "S-125"),
  item("A.2.2", "A failing dependency is retried, cut off or done without.", "S-126"),
  item("A.2.3", "What is promised fits what the dependencies promise.", "S-127"),
  item("A.3.1", "No single failure takes a service down.", "S-128"),
  item("A.3.2", "Failures are rehearsed every month.", "S-129"),
  item("A.3.3", "Backups meet the recovery objectives, and restoring is proven.", "S-130", "S-131", "S-132", "S-133"),
  item("B.1.1", "The expected load is modelled.", "S-134"),
  item("B.1.2", "Resources cover the load with headroom to spare.", "S-135", "S-136"),
  item("B.1.3", "Services scale out by rule before they saturate.", "S-137"),
  item("B.2.1", "A load test shows that the targets hold.", "S-138"),
  item("B.2.2", "A stress test shows what gives way first.", "S-139"),
  item("B.2.3", "The bottlenecks are known.", "S-140"),
  item("C.1.1", "Latency, traffic, errors and saturation are measured.", "S-141"),
  item("C.1.2", "Every service has a dashboard.", "S-142"),
  item("C.1.3", "The health of dependencies is watched.", "S-143"),
  item("C.2.1", "Logs are structured, traceable and masked.", "S-144"),
  item("C.2.2", "Logs come together in one place.", "S-145"),
  item("C.3.1", "Requests can be traced through the core paths.", "S-146"),
  item("C.4.1", "Alerts follow budget burn, error rate and saturation.", "S-147"),
  item("C.4.2", "Alerts either page somebody or become a ticket.", "S-148"),
  item("C.4.3", "Alerts that nobody acts on are tuned.", "S-149"),
  item("D.1.1", "A pipeline with tests and image scans leads from commit to deployment.", "S-150"),
  item("D.1.2", "Changes are approved, rights are least, secrets are managed.", "S-151"),
  item("D.2.1", "The rollout strategy fits the importance of the service.", "S-152"),
  item("D.2.2", "Important versions reach users step by step.", "S-153"),
  item("D.3.1", "The previous version can be brought back in one step.", "S-154"),
  item("D.3.2", "Rolling back is rehearsed and fast enough.", "S-155", "S-156"),
  item("D.3.3", "Databases change only in ways both versions understand.", "S-157"),
  item("E.1.1", "Somebody is on call, and knows whom to call next.", "S-158"),
  item("E.1.2", "Those on call are trained.", "S-159"),
  item("E.2.1", "Every core alert has a playbook.", "S-160"),
  item("E.2.2", "Routine operations have written procedures.", "S-161"),
  item("E.3.1", "Incidents have a commander, channels and a review.", "S-162"),
  item("F.1", "Traffic is encrypted and secrets come from a store.", "S-165"),
  item("F.2", "Golden signals and targets are on dashboards.", "S-166"),
  item("F.3", "The gateway limits, retries and breaks the circuit.", "S-167"),
  item("F.4", "Load and stress tests are reported with the capacity they show.", "S-168"),
  item("F.5", "Containers run without root, from minimal and scanned images.", "S-169"),
  item("F.6", "Backup and restore work and were rehearsed.", "S-170"),
  item("F.7", "Rollback works, was rehearsed, and is written down.", "S-171"),
];
