/** The five dimensions a summary scores (S-016, S-017). An item may count towards none: the table does not cover all. */
export const dimensions = ["deployment", "security", "performance", "function", "monitoring"] as const;
export type Dimension = (typeof dimensions)[number];
