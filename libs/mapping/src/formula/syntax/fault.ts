/** What is wrong in a formula: where (offset from 0), what, and how to mend it. Thrown by the parser, which stops at the first. */
export class SyntaxFault extends Error {
  override readonly name = 'SyntaxFault';
  readonly at: number;
  readonly mend: string;

  constructor(at: number, fault: string, mend: string) {
    super(fault);
    this.at = at;
    this.mend = mend;
  }
}
