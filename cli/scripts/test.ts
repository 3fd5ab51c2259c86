import { runMocha } from "./mocha";

/** `npm test`: everything but the long suite. Arguments go to mocha, such as `-- --grep "the gate"`. */
runMocha(["bin/test/{house,model,policies,stacks,components,readiness,local,cli,e2e}/**/*.test.js"]);
