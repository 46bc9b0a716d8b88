import type { Scene } from '../scene.js';

export function* casesSayWhy({ world }: Scene): Iterable<string> {
  for (const { key, data } of world.said('MessageParked')) {
    if (data.reason === '' || data.nextStep === '')
      yield `${key} was parked as ${data.code} without a reason or a next step`;
  }
}

/** A note carries its key so that it is written once, whatever gets lost. */
export function* notesOnce({ approvals }: Scene): Iterable<string> {
  for (const { id, notes } of approvals.instances.values()) {
    if (new Set(notes).size < notes.length) yield `${id} has ${notes.length} notes with ${new Set(notes).size} keys`;
  }
}
