import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder, type Say } from '@voucherline/local';
import type { Stand } from './stand.js';

/** The product and its floor, pushed as hard as they go. */
export interface Pair {
  /** Puts that many new documents through the product and gives documents/s, once the last effect is there. */
  product(documents: number): Promise<number>;
  /** The same through the floor. */
  floor(documents: number): Promise<number>;
}

/** One service of the product with what it needs around it. */
export interface Line extends Pair {
  /** The process that does the work. */
  readonly pid: number;
}

/** What is measured, and how much of it makes a figure. */
export interface PairDescription {
  readonly name: string;
  readonly unit: string;
  /** The ratio to the floor this line is built for. */
  readonly aim: number;
  /** Documents a round; fewer where the machine is too slow for them. */
  readonly round: number;
  /** Documents after which the code is compiled and the pools are full. */
  readonly warmUp: number;
}

export interface LineDescription extends PairDescription {
  readonly service: string;
  /** Documents at which memory is compared. */
  readonly memory: readonly [number, number];
  /** Starts what the line needs on a stand of its own. */
  open(stand: Stand): Promise<Line>;
}

/** A figure of ours beside a floor: the least that any program would have to do for the same effect, in the same run. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly floor: number;
  readonly ratio: number;
  readonly unit: string;
}

const ROUNDS = 3;
/** So long a round of the product takes at most, so that all rows end in time on any machine. */
const ROUND_SECONDS = 15;

/** Plays three rounds, floor and product in turn so that a drift of the machine's speed meets both, and takes medians. */
export async function measure(description: PairDescription, line: Pair, say: Say): Promise<Row> {
  const { name, unit, round, warmUp } = description;
  await line.floor(warmUp);
  const pace = await line.product(warmUp);
  const documents = Math.min(round, Math.ceil(pace * ROUND_SECONDS));
  const floors: number[] = [];
  const values: number[] = [];
  for (let played = 1; played <= ROUNDS; played++) {
    const floor = await line.floor(documents);
    const value = await line.product(documents);
    floors.push(floor);
    values.push(value);
    say(`  ${name} round ${played}: ${value.toFixed(0)} of ${floor.toFixed(0)} ${unit}`);
  }
  return row(name, median(values), median(floors), unit);
}

/** A row from its two figures. */
export function row(name: string, value: number, floor: number, unit: string): Row {
  return { name, value: rounded(value, 1), floor: rounded(floor, 1), ratio: rounded(value / floor, 3), unit };
}

function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function rounded(figure: number, digits: number): number {
  return Number(figure.toFixed(digits));
}

/** Prints the table and keeps it in `.data/bench/<file>`. */
export function report(rows: readonly Row[], file: string, aimOf: (row: Row) => string, say: Say): void {
  const folder = join(dataFolder, 'bench');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, file);
  writeFileSync(path, `${JSON.stringify(rows, null, 2)}\n`);
  const cells = [
    ['name', 'value', 'floor', 'ratio', 'aim', 'unit'],
    ...rows.map((one) => [one.name, String(one.value), String(one.floor), String(one.ratio), aimOf(one), one.unit]),
  ];
  say('');
  for (const [name = '', value = '', floor = '', ratio = '', aim = '', unit = ''] of cells) {
    say(`${name.padEnd(26)}${value.padStart(10)}${floor.padStart(10)}${ratio.padStart(8)}${aim.padStart(8)}  ${unit}`);
  }
  say(`\nkept in ${path}`);
}
