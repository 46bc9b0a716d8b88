import { expect, it } from 'vitest';
import { LEVELS_KIT } from '../../levels.js';
import { showLevel } from './levels.js';
import type { TargetStage } from './stage.js';

/** The level that an operation shows, against its connector's `levels.json` and what it declares. */
export function levelTests(current: () => TargetStage): void {
  it('shows the level that levels.json says, and none below the declared one', async () => {
    const stage = current();
    const { calls, operation } = stage;
    const { level, seen } = await showLevel(stage);
    const mend = `write "${operation.name}": "${level}" into levels.json, kit ${LEVELS_KIT}; seen: ${JSON.stringify(seen)}`;
    expect(calls.shownLevels[operation.name], mend).toBe(level);
    expect(level >= operation.level, `declares ${operation.level}, shows ${level}: ${JSON.stringify(seen)}`).toBe(true);
  });
}
