import type { Fault } from '../file/fault.js';
import type { Flow } from '../flow/flow.js';
import type { Formula } from '../formula/formula.js';

/** Faults that a flow has beside others that may take the same approval. */
export function companionFaults(flow: Flow, allFlows: readonly Flow[]): readonly Fault[] {
  const others = allFlows.filter(({ name }) => name !== flow.name);
  const meeting = others.filter((other) => mayMeet(flow, other));
  return [
    ...meeting.flatMap((other) => overlap(flow, other)),
    ...unknownCompanions(flow, others),
    ...unknownVouchers(
      flow,
      others.filter((other) => sharedKinds(flow, other).length > 0),
    ),
    ...cycle(flow, others),
  ];
}

/** Two flows that take one approval write two vouchers of one expense; only who says so twice means it. */
function overlap(flow: Flow, other: Flow): readonly Fault[] {
  const kinds = sharedKinds(flow, other).join(', ');
  if (other.voucher.name === flow.voucher.name) {
    // Both would derive the same voucher key, and which of them is booked would be chance.
    const fault = `flow ${other.name} already makes "${flow.voucher.name}" from ${kinds}`;
    const mend = 'Give this voucher another name, or take the kind out of one.';
    return [{ path: ['voucher', 'name'], fault, mend }];
  }
  if (flow.alongside.includes(other.name) || other.alongside.includes(flow.name)) return [];
  return [
    {
      path: ['source', 'kinds'],
      fault: `flow ${other.name} takes ${kinds} too, and one approval would be two vouchers`,
      mend: `If that is meant, write \`alongside: [${other.name}]\`; else take the kind out of one, or let \`when\` ask one field for different texts, e.g. \`=[类型] = "转账"\`.`,
    },
  ];
}

function unknownCompanions({ alongside }: Flow, others: readonly Flow[]): readonly Fault[] {
  return alongside.flatMap((name, index) => {
    if (others.some((other) => other.name === name)) return [];
    const mend = `Publish it together with this one, or choose one of: ${listed(others.map((other) => other.name))}.`;
    return [{ path: ['alongside', index], fault: `there is no other flow ${name}`, mend }];
  });
}

function unknownVouchers({ voucher }: Flow, others: readonly Flow[]): readonly Fault[] {
  return voucher.after.flatMap((name, index) => {
    if (others.some((other) => other.voucher.name === name)) return [];
    const mend = `Name the voucher of a flow that takes the same approvals: ${listed(others.map((other) => other.voucher.name))}.`;
    return [{ path: ['voucher', 'after', index], fault: `no flow beside this one makes "${name}"`, mend }];
  });
}

/** Vouchers that wait for each other would never be posted. */
function cycle(flow: Flow, others: readonly Flow[]): readonly Fault[] {
  const start = flow.voucher.name;
  const afterOf = (name: string, taken: Flow) => {
    return others.find((other) => other.voucher.name === name && sharedKinds(taken, other).length > 0);
  };
  const walk = (now: Flow, way: readonly string[]): readonly string[] | undefined => {
    for (const name of now.voucher.after) {
      if (name === start) return [...way, name];
      const next = way.includes(name) ? undefined : afterOf(name, now);
      const found = next && walk(next, [...way, name]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const way = walk(flow, [start]);
  if (way === undefined) return [];
  const fault = `the vouchers wait for each other: ${way.join(' after ')}`;
  return [{ path: ['voucher', 'after'], fault, mend: 'Take one of the names out.' }];
}

/** Whether there may be an approval that both take: no field has to hold two different values. */
function mayMeet(flow: Flow, other: Flow): boolean {
  const apart = asks(flow).some(({ field, equals }) => {
    return asks(other).some((condition) => condition.field === field && condition.equals !== equals);
  });
  const alike = other.voucher.name === flow.voucher.name;
  return sharedKinds(flow, other).length > 0 && (alike || !apart);
}

/** Fields that have to hold one text each for a flow to apply. */
function asks({ when }: Flow): Formula['asks'] {
  return when?.asks ?? [];
}

function sharedKinds(flow: Flow, other: Flow): readonly string[] {
  if (flow.source.connection !== other.source.connection) return [];
  return flow.source.kinds.filter((kind) => other.source.kinds.includes(kind));
}

function listed(names: readonly string[]): string {
  return names.join(', ') || 'none';
}
