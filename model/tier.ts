/** How much a stack matters. The order is the order of strictness. */
export const tiers = ["local", "staging", "production"] as const;
export type Tier = (typeof tiers)[number];

export const isTier = (value: unknown): value is Tier => tiers.includes(value as Tier);

/** The stricter of two tiers; a declared tier can only ever raise what the target asks, never lower it (decision 17). */
export const stricter = (a: Tier, b: Tier): Tier => (tiers.indexOf(a) >= tiers.indexOf(b) ? a : b);

/** The label by which a workload asks for a stricter tier than its stack's. */
export const tierLabel = "greenlight.dev/tier";
