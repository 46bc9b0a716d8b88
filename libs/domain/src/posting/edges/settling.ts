import { inBoth } from '@voucherline/contracts';
import { differences } from '../compare.js';
import { CARRIES_OTHER, HOLDS } from '../holds.js';
import { isTakenBack, type PostingRecord, type Situation } from '../record.js';
import type { TargetDocument } from '../terms.js';
import { edge, type PassageOf } from './edge.js';
import { name } from './found.js';

type Linked = PassageOf<'linking', 'LinkedRead'>;

/** Whether a create of ours is what a person has to know about. */
const isDoubtful = ({ record, situation }: { record: PostingRecord; situation: Situation }): boolean => {
  if (record.confirmation !== null || record.creates === 0) return false;
  return situation.name !== 'inDoubt' || situation.step === 'create';
};

const isAbsent = (passage: { record: PostingRecord; situation: Situation }): boolean =>
  isDoubtful(passage) && passage.record.chosen === null;

/** Why the document can't stand for this voucher, in words for finance. */
const faults = ({ event, record, terms }: Linked): readonly string[] => {
  const { document } = event;
  if (document === null || document.stage === 'cancelled')
    return [inBoth('the ERP has no such document', 'ERP 中没有该单据')];
  const { voucherKey, generation = 1 } = document;
  const carriesOther =
    voucherKey !== undefined && (voucherKey !== terms.voucherKey || generation !== record.generation);
  return [
    ...(carriesOther ? [CARRIES_OTHER] : []),
    ...(record.chosen !== null && record.chosen.id !== document.id
      ? [inBoth(`document ${record.chosen.id} was chosen before`, '此前已选定另一张单据')]
      : []),
    ...differences(document, terms),
  ];
};

const fits = (passage: Linked): boolean => faults(passage).length === 0;

const chosen = ({ event }: Linked) => ({ chosen: name(event.document as TargetDocument), doubts: null });

/** What people find out about a create in doubt. Their word chooses, it never posts: the document is read and compared. */
export const SETTLING = {
  declaredAbsent: edge({
    from: ['inDoubt', 'held'],
    on: 'DoubtDeclaredAbsent',
    to: 'lookingUp',
    says: 'VoucherDoubtSettled',
    when: (passage) => isAbsent(passage) && !isTakenBack(passage.record),
    learn: ({ event }) => ({ settleWaived: true, doubts: null, releasedBy: event.action }),
  }),
  declaredAbsentTakenBack: edge({
    from: ['inDoubt', 'held'],
    on: 'DoubtDeclaredAbsent',
    to: 'retiring',
    says: 'VoucherDoubtSettled',
    when: (passage) => isAbsent(passage) && isTakenBack(passage.record),
    learn: ({ event }) => ({ settleWaived: true, doubts: null, releasedBy: event.action }),
  }),
  linkWanted: edge({
    from: ['inDoubt', 'held'],
    on: 'DocumentLinked',
    to: 'linking',
    when: isDoubtful,
    enter: ({ event }) => ({ id: event.id }),
    learn: ({ event }) => ({ releasedBy: event.action }),
  }),
  linked: edge({
    from: ['linking'],
    on: 'LinkedRead',
    to: 'comparing',
    says: 'VoucherDoubtSettled',
    when: (passage) => fits(passage) && !isTakenBack(passage.record),
    enter: () => ({ refused: null }),
    learn: chosen,
  }),
  linkedTakenBack: edge({
    from: ['linking'],
    on: 'LinkedRead',
    to: 'retiring',
    says: 'VoucherDoubtSettled',
    when: (passage) => fits(passage) && isTakenBack(passage.record),
    learn: chosen,
  }),
  linkRefused: edge({
    from: ['linking'],
    on: 'LinkedRead',
    to: 'held',
    says: 'VoucherHeld',
    when: (passage) => !fits(passage),
    enter: (passage) => {
      const { document } = passage.event;
      return {
        hold: HOLDS.notLinked(passage.situation.id, document === null ? null : name(document), faults(passage)),
      };
    },
  }),
} as const;
