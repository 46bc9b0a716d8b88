import { expect, test } from 'vitest';
import { portTable, takenPorts } from './ports.js';

test('all ports are different and move together', () => {
  const usual = portTable({});
  expect(new Set(Object.values(usual)).size).toBe(Object.keys(usual).length);
  expect(usual.kafka).toBe(18_600);
  const moved = portTable({ VOUCHERLINE_PORT_BASE: '20000' });
  for (const name of Object.keys(usual) as (keyof typeof usual)[]) expect(moved[name] - usual[name]).toBe(1_400);
});

test.each(['80', '65535', 'x', '1e4', '-1', '20000.5'])('refuses the base %s by name', (base) => {
  expect(() => portTable({ VOUCHERLINE_PORT_BASE: base })).toThrow(/VOUCHERLINE_PORT_BASE: ".*1024 to 65503/);
});

test('a taken port is told with its name and the way out', () => {
  expect(takenPorts(portTable({}), ['kafka', 'postgres'])).toBe(
    'taken by another program: port 18600 (kafka), 18602 (postgres). VOUCHERLINE_PORT_BASE moves all ports, e.g. VOUCHERLINE_PORT_BASE=19600.',
  );
});
