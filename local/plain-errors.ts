import util from "node:util";

/**
 * The SDK prints a failing program's error with `util.inspect(error, { colors: true })`. Node 20.20 colours paths below
 * node_modules in a loop that never ends for the SDK's own source-mapped frames (`node_modules/@pulumi/resource.ts`): half
 * a minute, and then "Invalid string length". Without colours it does not look for them.
 */
const inspect = util.inspect;
util.inspect = Object.assign(
  (value: unknown, options?: util.InspectOptions) => inspect(value, { ...options, colors: false }),
  inspect,
) as typeof inspect;

export {};
