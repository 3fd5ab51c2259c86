/** `npm run bench`: what the gate costs, as ratios in one run. */
import "../../bench/pack";
