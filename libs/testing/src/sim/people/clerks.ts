import type { Book } from '../vendors/book.js';
import type { World } from '../world.js';
import { type Truth } from './employees.js';
import { standingFor } from './standing.js';

/** Clerks who work in the ERP beside us: push an application by hand, submit a draft that they think is theirs to submit. */
export function startClerks(world: World, book: Book, truths: readonly Truth[]): void {
  const { clock, weather } = world;
  clock.every(1_000, () => {
    for (const truth of truths) {
      const standing = standingFor(book, truth);
      const application = book.applications.get(truth.application ?? '');
      const isAudited = application !== undefined && application.auditedAt <= clock.now();
      if (isAudited && standing.length === 0 && weather.strikes('clerk pushed by hand', 0.2)) {
        const { amount, date } = application;
        const now = clock.now();
        book.add({
          form: 'AP_PAYBILL',
          origin: truth.application as string,
          amount,
          date,
          ours: false,
          createdAt: now,
          visibleAt: now,
        });
      }
      const [only, ...more] = standing.filter(({ ours }) => ours);
      if (
        only?.stage === 'draft' &&
        more.length === 0 &&
        only.key !== undefined &&
        weather.strikes('clerk submitted our draft', 0.3)
      ) {
        book.change(only.id, { stage: 'submitted', number: `N${only.id}` });
      }
    }
  });
}
