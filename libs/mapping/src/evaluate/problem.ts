import type { Owner } from '@voucherline/contracts';
import { type Path, pathText } from '../file/fault.js';

/** Why an approval can't be mapped. Names fields, never their values: those may be bank accounts. */
export interface MappingFault {
  /** `mapping.<what>`: what one mend releases. */
  readonly code: string;
  /** Where in the flow, e.g. `payload.lines[1].debit`. */
  readonly path: string;
  readonly reason: string;
  readonly owner: Owner;
  readonly nextStep: string;
}

/** Thrown inside an evaluation and caught at its edge. */
export class MappingProblem extends Error {
  override readonly name = 'MappingProblem';
  readonly fault: MappingFault;

  constructor(what: keyof typeof PROBLEMS, path: Path, subject: string) {
    const { words, owner, nextStep } = PROBLEMS[what];
    const where = pathText(path);
    const reason = `${where}: ${subject} ${words}`;
    super(reason);
    this.fault = { code: `mapping.${what}`, path: where, reason, owner, nextStep };
  }
}

const FORM =
  'Mend the form field in the source system if it can be changed there, or publish a mended flow; then release.';
const FLOW = 'Publish a flow that names a field of this form, with `from` not after the approval; then release.';

const PROBLEMS = {
  'unknown-field': { words: 'is no field of this form', owner: 'administrator', nextStep: FLOW },
  'ambiguous-field': { words: 'is the name of several fields', owner: 'administrator', nextStep: FLOW },
  'empty-field': { words: 'is empty', owner: 'finance', nextStep: FORM },
  'missing-fact': { words: 'is not known of this approval', owner: 'administrator', nextStep: FLOW },
  'not-a-table': { words: 'is no table', owner: 'administrator', nextStep: FLOW },
  'not-an-amount': { words: 'holds no decimal number', owner: 'finance', nextStep: FORM },
  'too-precise': { words: 'has more decimal places than its currency', owner: 'finance', nextStep: FORM },
  'not-positive': { words: 'is not above zero', owner: 'finance', nextStep: FORM },
  'not-a-date': { words: 'holds no date such as 2026-01-31', owner: 'finance', nextStep: FORM },
  'empty-claim': { words: 'is empty once it is normalised', owner: 'finance', nextStep: FORM },
  'not-a-currency': { words: 'holds no currency of three capitals such as CNY', owner: 'finance', nextStep: FORM },
} as const;
