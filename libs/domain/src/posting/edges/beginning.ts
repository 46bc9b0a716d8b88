import { edge } from './edge.js';

/** Sends begin: the attempt is recorded before the request leaves. */
export const BEGINNING = {
  createBegun: edge({
    from: ['cleared'],
    on: 'SendBegun',
    to: 'sending',
    enter: ({ event }) => ({ step: 'create' as const, startedAt: event.at }),
    learn: ({ record, situation, event }) => ({
      attempts: record.attempts + 1,
      creates: record.creates + 1,
      ...(record.firstCreateAt === null && { firstCreateAt: event.at, foundBefore: situation.found }),
    }),
  }),
  markBegun: edge({
    from: ['marking'],
    on: 'SendBegun',
    to: 'sending',
    enter: ({ event }) => ({ step: 'mark' as const, startedAt: event.at }),
    learn: ({ record }) => ({ attempts: record.attempts + 1 }),
  }),
  submitBegun: edge({
    from: ['submitting'],
    on: 'SendBegun',
    to: 'sending',
    enter: ({ event }) => ({ step: 'submit' as const, startedAt: event.at }),
    learn: ({ record }) => ({ attempts: record.attempts + 1 }),
  }),
  postBegun: edge({
    from: ['posting'],
    on: 'SendBegun',
    to: 'sending',
    enter: ({ event }) => ({ step: 'post' as const, startedAt: event.at }),
    learn: ({ record }) => ({ attempts: record.attempts + 1 }),
  }),
  unpostBegun: edge({
    from: ['unposting'],
    on: 'SendBegun',
    to: 'sending',
    enter: ({ event }) => ({ step: 'unpost' as const, startedAt: event.at }),
    learn: ({ record }) => ({ attempts: record.attempts + 1 }),
  }),
  voidBegun: edge({
    from: ['voiding'],
    on: 'SendBegun',
    to: 'sending',
    enter: ({ event }) => ({ step: 'void' as const, startedAt: event.at }),
    learn: ({ record }) => ({ attempts: record.attempts + 1 }),
  }),
} as const;
