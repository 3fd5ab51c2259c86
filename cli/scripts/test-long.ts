import { runMocha } from "./mocha";

/** `npm run test:long`: kills, fuzzers, hostile inputs. */
runMocha(["bin/test/long/**/*.test.js"]);
