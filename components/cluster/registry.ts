import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import * as ecr from "@pulumi/aws/ecr";
import { childOf } from "../component";
import type { Place } from "./names";
import { tagsOf } from "./names";

/** Where images come from: a tag once pushed stays what it was, and every push is scanned. */
export interface RegistryArgs {
  place: Place;
  /** Names of repositories, such as "inulearning/api". */
  repositories: string[];
  /** Images without a tag are removed after so many days. @default 14 */
  untaggedDays?: number;
  /** Tagged images kept of each repository; as many versions can be gone back to. @default 50 */
  keep?: number;
}

/** The repositories as plain data. */
export function registrySpec({ place, repositories, untaggedDays = 14, keep = 50 }: RegistryArgs) {
  const rule = (rulePriority: number, description: string, selection: object) => ({
    rulePriority,
    description,
    selection,
    action: { type: "expire" },
  });
  const policy = JSON.stringify({
    rules: [
      rule(1, "what nobody named", {
        tagStatus: "untagged",
        countType: "sinceImagePushed",
        countUnit: "days",
        countNumber: untaggedDays,
      }),
      rule(2, "all but the newest", {
        tagStatus: "tagged",
        tagPatternList: ["*"],
        countType: "imageCountMoreThan",
        countNumber: keep,
      }),
    ],
  });
  return {
    repositories: repositories.map(name => ({
      repository: {
        name,
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
        forceDelete: false,
        tags: tagsOf(place, name),
      },
      lifecycle: { repository: name, policy },
    })),
    // Scanned again whenever a new weakness becomes known, not only when pushed.
    scanning: {
      scanType: "ENHANCED",
      rules: [{ scanFrequency: "CONTINUOUS_SCAN", repositoryFilters: [{ filter: "*", filterType: "WILDCARD" }] }],
    },
  };
}

export class Registry extends ComponentResource {
  constructor(name: string, args: RegistryArgs, key: pulumi.Input<string>, opts?: pulumi.ComponentResourceOptions) {
    super("greenlight:cluster:Registry", name, {}, opts);
    const spec = registrySpec(args);
    const own = childOf(this);
    new ecr.RegistryScanningConfiguration(name, spec.scanning, own);
    for (const { repository, lifecycle } of spec.repositories) {
      const made = new ecr.Repository(
        repository.name,
        { ...repository, encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: key }] },
        // Rolling back needs the image that ran before.
        { ...own, protect: true },
      );
      new ecr.LifecyclePolicy(repository.name, lifecycle, { ...own, dependsOn: [made] });
    }
    this.registerOutputs({});
  }
}
