import { afterEach, beforeEach, describe } from 'vitest';
import type { Reversal } from '../../ports/target.js';
import { generationTests } from './generations.features.js';
import { levelTests } from './levels.features.js';
import { protocolTests } from './protocol.features.js';
import { refusalTests } from './refusals.features.js';
import { reversalTests } from './reversal.features.js';
import { sessionTests } from './sessions.features.js';
import type { StartStage, TargetStage } from './stage.js';
import { unansweredTests } from './unanswered.features.js';

/** What tests an operation is up for. */
export interface TargetTraits {
  /** Whether the connection of these stages logs in. */
  readonly sessions: boolean;
  /** How the operation is reversed. */
  readonly reversal: Reversal['kind'];
}

/**
 * Holds an operation of a target to its port and to the level it declares, against a sandbox over real HTTP; the oracle is
 * the sandbox's own book. The operation that writes entries of a reversal is held to it by a call of its own.
 */
export function describeTarget(name: string, start: StartStage, { sessions, reversal }: TargetTraits): void {
  describe(name, () => {
    let stage: TargetStage;
    beforeEach(async () => {
      stage = await start();
    });
    afterEach(() => stage.close());

    protocolTests(() => stage);
    refusalTests(() => stage);
    unansweredTests(() => stage);
    generationTests(() => stage);
    reversalTests(reversal, () => stage);
    levelTests(() => stage);
    if (sessions) sessionTests(() => stage);
  });
}
