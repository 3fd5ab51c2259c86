import { runMocha } from "./mocha";

/**
 * `npm test`: everything but the long suite. What runs real programs and what only computes run beside each other; the
 * first wait a lot. Arguments go to mocha, such as `-- --grep "the gate"`.
 */
void runMocha([
  ["bin/test/{local,cli,e2e}/**/*.test.js"],
  ["bin/test/{house,model,policies,stacks,components,readiness,drills}/**/*.test.js"],
]);
