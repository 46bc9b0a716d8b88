import type { Command } from '../command.js';
import { approval } from './approval.js';
import { doctor } from './doctor.js';
import { flow } from './flow.js';
import { inDoubt } from './in-doubt.js';
import { masterData } from './master-data.js';
import { parked } from './parked.js';
import { publish } from './publish.js';
import { rebuild } from './rebuild.js';
import { replay } from './replay.js';
import { sandbox } from './sandbox.js';
import { status } from './status.js';
import { topics } from './topics.js';

/** Every command, in the order of `voucherline help`. */
export const commands: readonly Command[] = [
  status,
  doctor,
  approval,
  parked,
  inDoubt,
  replay,
  rebuild,
  flow,
  masterData,
  publish,
  topics,
  sandbox,
];
