import type { Scene } from '../scene.js';

const IN_BOTH = /[a-z].*\p{Script=Han}/su;

/** Reasons may be the vendor's own words; what to do is told in ours. */
export function* casesSayWhy({ world }: Scene): Iterable<string> {
  for (const { key, data } of world.said('MessageParked')) {
    if (data.reason === '' || !IN_BOTH.test(data.nextStep))
      yield `${key} was parked as ${data.code} without a reason, or a next step in English and Chinese`;
  }
}

/** A note carries its key so that it is written once, whatever gets lost. */
export function* notesOnce({ approvals }: Scene): Iterable<string> {
  for (const { id, notes } of approvals.instances.values()) {
    if (new Set(notes).size < notes.length) yield `${id} has ${notes.length} notes with ${new Set(notes).size} keys`;
  }
}
