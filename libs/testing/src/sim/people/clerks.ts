import type { Book } from '../vendors/book.js';
import type { World } from '../world.js';
import { standingFor } from './standing.js';
import type { Truth } from './truth.js';

/** Clerks who work in the ERP beside us, each second on one approval: push its application by hand, or submit our draft. */
export function startClerks(world: World, book: Book, truths: readonly Truth[]): void {
  const { clock, weather } = world;
  clock.every(1_000, () => {
    const truth = weather.isHealed ? undefined : weather.pick(truths);
    if (truth === undefined) return;
    const [first, ...more] = standingFor(book, truth);
    if (first === undefined) {
      if (isAudited(world, book, truth) && weather.strikes('clerk pushed by hand')) push(world, book, truth);
    } else if (isOurDraft(first) && more.length === 0 && weather.strikes('clerk submitted our draft')) {
      book.change(first.id, { stage: 'submitted', number: `N${first.id}` });
    }
  });
}

/** A draft that shows by its key what it is for; one without looks unfinished to a clerk. */
function isOurDraft({ ours, stage, key }: ReturnType<typeof standingFor>[number]): boolean {
  return ours && stage === 'draft' && key !== undefined;
}

function isAudited({ clock }: World, book: Book, { application }: Truth): boolean {
  const known = book.applications.get(application ?? '');
  return known !== undefined && known.auditedAt <= clock.now();
}

function push({ clock }: World, book: Book, { application }: Truth): void {
  const { amount, date } = book.applications.get(application ?? '') ?? {};
  if (application === undefined || amount === undefined || date === undefined) return;
  const now = clock.now();
  book.add({ form: 'AP_PAYBILL', origin: application, amount, date, ours: false, createdAt: now, visibleAt: now });
}
