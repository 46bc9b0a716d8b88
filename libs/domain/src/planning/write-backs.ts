import { factId } from '@voucherline/contracts';
import type { CommandDraft, Plan } from './command.js';
import type { FlowPlan } from './flow-book.js';
import type { Subject } from './subject.js';

/**
 * Notes for the source, each once: that a voucher exists, and that it was reversed. They tell what the writer achieved, so
 * they do not ask what became of the approval meanwhile. Their texts are of the version that made the voucher.
 */
export function missingWriteBacks(subject: Subject): Plan {
  const { confirmed, ended } = subject.parts.vouchers;
  const messages = Object.entries(confirmed).flatMap(([key, { number, at }]): CommandDraft[] => {
    const posted = subject.posted(key);
    const flow = posted && subject.flows.version(posted.flow);
    if (flow === undefined) return [];
    const end = ended[key];
    return [
      ...note(subject, flow.writeBack, number, at, factId('WriteBack', key)),
      ...(end?.how === 'reversed'
        ? note(subject, flow.reversalWriteBack, number, end.at, factId('WriteBack', key, 'reversed'))
        : []),
    ];
  });
  return { messages };
}

function note(
  { key: document, parts }: Subject,
  text: FlowPlan['writeBack'],
  number: string,
  time: string,
  writeBackKey: string,
): CommandDraft[] {
  const { connection } = parts.approval;
  if (text === undefined || connection === undefined || parts.commands.writeBacks.includes(writeBackKey)) return [];
  const data = { writeBackKey, connection, document, text: text.replaceAll('{number}', number) };
  return [{ type: 'WriteBack', id: writeBackKey, time, data }];
}
