/**
 * Everything that goes wrong, and how often at most: for each exchange, call, callback or document that it may happen to.
 * `a second` marks what happens to nobody's exchange but by itself.
 */
export const NEMESES = {
  'process killed': 0.004,
  'process paused': 0.004,
  'process stopped and started, a second': 0.03,
  'database away': 0.02,
  'commit lost on its way': 0.02,
  'commit not answered': 0.02,
  'send lost': 0.04,
  'send half written': 0.04,
  'send not acknowledged': 0.04,
  'send acknowledged late': 0.02,
  'group rebalanced, a second': 0.1,
  'group offset moved, a second': 0.1,
  'callback lost': 0.5,
  'callback repeated': 0.5,
  'callback late': 0.6,
  'source throttles': 0.04,
  'source does not answer': 0.06,
  'source shows an older state': 0.3,
  'note not answered': 0.1,
  'target throttles': 0.03,
  'target does not answer a read': 0.05,
  'request not sent': 0.04,
  'session expired': 0.03,
  'HTML instead of an answer': 0.05,
  'reply lost': 0.1,
  'executed late': 0.1,
  'executed twice': 0.04,
  'look-up lags': 0.3,
  'period closed, a second': 0.02,
  'clerk pushed by hand': 0.5,
  'clerk submitted our draft': 0.5,
  'application audited late': 0.3,
} as const;

export type Nemesis = keyof typeof NEMESES;

export const NEMESIS_NAMES = Object.keys(NEMESES) as readonly Nemesis[];
