import { runMocha } from "./mocha";

/**
 * `npm test`: everything but the long suite. What runs the real engine and all the rest run beside each other: each takes
 * about as long as the other. Arguments go to mocha, such as `-- --grep "the gate"`.
 */
void runMocha([
  ["bin/test/{local,e2e}/**/*.test.js"],
  ["bin/test/{house,cli,model,policies,stacks,components,readiness,drills,release}/**/*.test.js"],
]);
