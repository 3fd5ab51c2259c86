import { runMocha } from "./mocha";

/** `npm run test:long`: kills, fuzzers, hostile inputs. */
void runMocha([["bin/test/long/**/*.test.js"]]);
