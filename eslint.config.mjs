import js from '@eslint/js';
import tseslint from 'typescript-eslint';

// Who may import whom. A type costs nothing at run time, so some rules let types pass.
const DEEPEST = 3;
const NODE = /^(node:|(assert|child_process|crypto|fs|http|https|net|os|path|stream|util)(\/|$))/.source;
const packages = (...names) => `^(${names.join('|')})(/|$)`;

/**
 * The import rules of one room. `rooms` are other rooms it must not reach: how many steps up they are depends on how deep
 * the file lies, so there is one rule for each depth and a folder of the same name inside the room stays free.
 */
function forbid(name, groups, rules = {}) {
  return Array.from({ length: DEEPEST }, (_, depth) => {
    const up = '\\.\\./'.repeat(depth + 1);
    const patterns = groups.map(({ rooms, regex, message, types = false }) => ({
      regex: regex ?? `^${up}(${rooms.join('|')})(/|$)`,
      message,
      allowTypeImports: types,
    }));
    return {
      files: [`${name}/${'*/'.repeat(depth)}*.ts`],
      rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }], ...rules },
    };
  });
}

const HIDDEN_WORLD = [
  ['process', 'Settings come in as arguments: replay must not depend on the machine.'],
  ['console', 'Use the log of @temporalio/workflow.'],
  ['setTimeout', 'Use sleep().'],
  ['setInterval', 'Use sleep() in a loop.'],
  ['setImmediate', 'Use sleep().'],
  ['fetch', 'The outside world is reached through activities.'],
  ['Buffer', 'Not there in a workflow.'],
  ['require', 'Use import.'],
  ['__dirname', 'Not there in a workflow.'],
].map(([name, message]) => ({ name, message }));
const pureGlobals = { 'no-restricted-globals': ['error', ...HIDDEN_WORLD] };

const rooms = [
  ...forbid(
    'domain',
    [
      { regex: '^(?!\\.{1,2}/)', message: 'The domain imports no package.' },
      { rooms: ['[^/]+'], message: 'The domain imports no other room.' },
    ],
    pureGlobals,
  ),
  ...forbid(
    'workflows',
    [
      {
        rooms: ['activities'],
        types: true,
        message: 'Import the types of the activities only: their code has no place in the sandbox.',
      },
      {
        rooms: ['connectors', 'policy', 'sources', 'store', 'workers', 'client', 'cli', 'sandbox'],
        message: 'Workflows know the domain and the types of the activities.',
      },
      { regex: '^@temporalio/(?!(workflow|common)(/|$))', message: 'In a workflow: @temporalio/workflow.' },
      {
        regex: packages('zod', 'axios', 'kysely', 'pino', 'fastify', 'luxon'),
        message: 'This would be bundled into the sandbox.',
      },
      { regex: NODE, message: 'There is no Node in a workflow.' },
    ],
    pureGlobals,
  ),
  ...forbid('connectors', [
    { regex: '^@temporalio/', message: 'Connectors are free of Temporal: they can be used and tested without it.' },
    {
      rooms: ['workflows', 'activities', 'policy', 'sources', 'store', 'workers', 'client', 'cli', 'sandbox'],
      message: 'Connectors know the domain and themselves.',
    },
  ]),
  ...forbid('policy', [
    { regex: '^@temporalio/', message: 'A policy is read and asked without Temporal.' },
    {
      rooms: ['workflows', 'activities', 'connectors', 'sources', 'store', 'workers', 'client', 'cli', 'sandbox'],
      message: 'The policy knows the domain.',
    },
  ]),
  ...forbid('sources', [
    { regex: '^@temporalio/', message: 'HR systems are read free of Temporal, as connectors are.' },
    { regex: packages('axios'), message: 'HTTP belongs in connectors/http.' },
    {
      rooms: ['workflows', 'activities', 'policy', 'store', 'workers', 'client', 'cli', 'sandbox'],
      message: 'Sources know the domain, the HTTP room of the connectors and themselves.',
    },
  ]),
  ...forbid('activities', [
    { regex: packages('axios'), message: 'HTTP belongs in connectors/http.' },
    { rooms: ['policy'], types: true, message: 'Activities are handed a policy; they do not read one.' },
    { rooms: ['client', 'cli', 'sandbox'], message: 'Activities do not know who calls them.' },
    { rooms: ['sources'], types: true, message: 'An HR system is handed in, opened.' },
    { rooms: ['workflows'], types: true, message: 'Of the workflows, activities know types only.' },
  ]),
  ...forbid('store', [
    { regex: '^@temporalio/', message: 'The store is free of Temporal.' },
    {
      rooms: ['connectors', 'policy', 'sources', 'workflows', 'activities', 'client', 'cli', 'sandbox'],
      message: 'The store knows the domain.',
    },
  ]),
  ...forbid('sandbox', [
    {
      rooms: [
        'domain',
        'policy',
        'sources',
        'workflows',
        'activities',
        'connectors',
        'store',
        'workers',
        'client',
        'cli',
      ],
      types: true,
      message: 'A stand-in that shares our code shares our mistakes.',
    },
  ]),
  ...forbid('cli', [
    { rooms: ['policy'], types: true, message: 'The configuration reads policies: ask workers/config.' },
    { rooms: ['connectors', 'activities'], types: true, message: 'The command composes; it does no work of its own.' },
  ]),
  ...forbid('workers', [
    { rooms: ['client', 'cli', 'sandbox'], types: true, message: 'Workers do not know who talks to the flows.' },
  ]),
  ...forbid('client', [
    {
      rooms: ['activities', 'connectors', 'sources', 'policy'],
      types: true,
      message: 'Clients speak to flows, not to vendors.',
    },
  ]),
];

const nodeGlobals = Object.fromEntries(
  [
    'process',
    'console',
    'Buffer',
    'URL',
    'URLSearchParams',
    'setTimeout',
    'clearTimeout',
    'setInterval',
    'clearInterval',
    'fetch',
    'AbortSignal',
    'AbortController',
    'performance',
    'structuredClone',
  ].map((name) => [name, 'readonly']),
);

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.tenure/', 'coverage/', 'docs/images/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname ?? process.cwd() } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // A contract can be asynchronous where one of its sides has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      complexity: ['error', 15],
      'max-depth': ['error', 4],
      'max-lines': ['error', 350],
      'max-params': ['error', 4],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'prefer-const': 'error',
    },
  },
  ...rooms,
  {
    files: [
      'activities/**',
      'policy/**',
      'connectors/**',
      'sources/**',
      'client/**',
      'store/**',
      'workers/**',
      'sandbox/**',
    ],
    rules: { 'no-console': 'error' },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      // jest's matchers and JSON answers are `any` by their types; a wrong one fails the test anyway.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-require-imports': 'off',
      // Rigs hold what they started in private constructors; terminals speak in control characters.
      'max-params': 'off',
      'no-control-regex': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.cjs'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { ...nodeGlobals, require: 'readonly', module: 'writable', exports: 'writable', __dirname: 'readonly' },
    },
    rules: { complexity: ['error', 15], 'max-lines': ['error', 350] },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { sourceType: 'module', globals: nodeGlobals },
    rules: { complexity: ['error', 15], 'max-lines': ['error', 350] },
  },
);
