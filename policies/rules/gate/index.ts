/** Rules of this area; a new rule is one file and one line here. */
export * from "./account-of-the-run";
export * from "./target-of-the-run";
export { waiversInOrder } from "./waivers-in-order";
