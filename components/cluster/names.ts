/**
 * Names of everything in a cloud account, chosen by us instead of made up by AWS: so that every policy can be written
 * out, and judged, before anything exists (decision 8).
 */
export interface Place {
  /** The system the environment belongs to. */
  system: string;
  /** The environment, such as "production". */
  environment: string;
  /** AWS account, twelve digits. */
  account: string;
  /** AWS region, such as "eu-central-1". */
  region: string;
}

/** What names of an environment begin with. */
export const prefixOf = ({ system, environment }: Place): string => `${system}-${environment}`;

/** Purposes that have a key of their own: whoever may read one kind of data may not read the others. */
export type KeyPurpose = "cluster" | "volumes" | "backups" | "logs" | "registry" | "secrets";

export const keyAlias = (place: Place, purpose: KeyPurpose): string => `alias/${prefixOf(place)}-${purpose}`;
export const aliasArn = (place: Place, purpose: KeyPurpose, region = place.region): string =>
  `arn:aws:kms:${region}:${place.account}:${keyAlias(place, purpose)}`;
export const roleArn = (place: Place, role: string): string =>
  `arn:aws:iam::${place.account}:role/${prefixOf(place)}-${role}`;
export const bucketArn = (bucket: string): string => `arn:aws:s3:::${bucket}`;
export const secretPath = (place: Place): string => `${place.system}/${place.environment}`;

/** Tags that every resource carries: what it belongs to, and who made it. */
export const tagsOf = (place: Place, name?: string): Record<string, string> => ({
  ...(name ? { Name: name } : {}),
  system: place.system,
  environment: place.environment,
  "managed-by": "greenlight",
});
