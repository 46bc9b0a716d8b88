// Only what Biome cannot do: rules that need types, and the walls around time and chance.
import tseslint from 'typescript-eslint';

const port = 'take the Clock, Timers or Randomness port of @voucherline/platform';

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.data/**', '**/*.mjs', '**/*.cjs'] },
  {
    files: ['{libs,services,deploy/local}/**/*.ts'],
    languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true } },
    plugins: { '@typescript-eslint': tseslint.plugin },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
    },
  },
  {
    // Tests drive time; a process that waits or rolls dice by itself cannot be driven.
    files: ['{libs,services}/**/*.ts'],
    ignores: ['libs/platform/**', 'libs/testing/**', '**/sandbox/**', '**/conformance/**', '**/*.spec.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['setTimeout', 'setInterval', 'setImmediate'].map((name) => ({ name, message: port })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: port },
        { object: 'Math', property: 'random', message: port },
        { object: 'crypto', property: 'randomUUID', message: port },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: `new Date(): ${port}` },
      ],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            { name: 'node:timers', message: port },
            { name: 'node:timers/promises', message: port },
            { name: 'node:crypto', importNames: ['randomUUID', 'randomBytes', 'randomInt'], message: port },
          ],
        },
      ],
    },
  },
);
