import { afterEach, beforeEach, describe } from 'vitest';
import { protocolTests } from './protocol.features.js';
import { refusalTests } from './refusals.features.js';
import { sessionTests } from './sessions.features.js';
import type { StartStage, TargetStage } from './stage.js';
import { unansweredTests } from './unanswered.features.js';

/**
 * Holds an operation of a target to its port and to the level it declares, against a sandbox over real HTTP; the oracle is
 * the sandbox's own book. `sessions`: whether the connection of these stages logs in.
 */
export function describeTarget(name: string, start: StartStage, { sessions }: { readonly sessions: boolean }): void {
  describe(name, () => {
    let stage: TargetStage;
    beforeEach(async () => {
      stage = await start();
    });
    afterEach(() => stage.close());

    protocolTests(() => stage);
    refusalTests(() => stage);
    unansweredTests(() => stage);
    if (sessions) sessionTests(() => stage);
  });
}
