/*
 * The arrows between the parts: domain <- application <- adapters, api <- composition <- workers.
 * `^(root/)?` in front of the folders lets test/house/boundaries.test.ts hold the same rules against a small tree that
 * breaks every one of them: without @swc/core beside TypeScript 7 dependency-cruiser reads no module at all, and says
 * that all is well.
 */

/** The tree of the fixture, or the root itself. */
const ROOT = '^(?:test/house/fixtures/arrows/)?';

/** @param {string} folder */
const inside = (folder) => `${ROOT}${folder}/`;

/** Everything that is not ours: npm packages, parts of node, and what can't be found. */
const FOREIGN = ['core', 'npm', 'npm-dev', 'npm-peer', 'npm-optional', 'npm-no-pkg', 'unknown'];

/**
 * A package that belongs to one place.
 * @param {string} name
 * @param {string} packages  a pattern of package names
 * @param {string[]} homes   the only folders that may import it
 */
const packageOf = (name, packages, homes) => ({
  name,
  comment: `Only ${homes.join(', ')} may import ${packages}: the rest speaks to a port.`,
  severity: 'error',
  from: { path: `${ROOT}(?:src|queues|workers)/`, pathNot: homes.map(inside) },
  to: { path: `node_modules/(?:${packages})/` },
});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'domain-is-pure',
      comment: 'The domain imports only itself: no npm, no node, nothing of ours.',
      severity: 'error',
      from: { path: inside('src/domain') },
      to: { pathNot: inside('src/domain') },
    },
    {
      name: 'application-knows-the-domain-only',
      comment: 'Use cases speak to the world through ports.',
      severity: 'error',
      from: { path: inside('src/application') },
      to: {
        path: `${ROOT}(?:src|queues|workers|simulator|scripts|bench|test)/`,
        pathNot: [inside('src/domain'), inside('src/application')],
      },
    },
    {
      name: 'application-needs-no-technology',
      comment:
        'zod reads what is untrusted; node:crypto makes digests. No other package, no other part of node.',
      severity: 'error',
      from: { path: inside('src/application') },
      to: { dependencyTypes: FOREIGN, pathNot: ['node_modules/zod/', '^(?:node:)?crypto$'] },
    },
    {
      name: 'adapters-do-not-know-one-another',
      comment: 'An adapter knows the domain, the ports, the queue declarations and itself.',
      severity: 'error',
      from: { path: `${ROOT}src/adapters/([^/]+)/` },
      to: { path: inside('src/adapters'), pathNot: `${ROOT}src/adapters/$1/` },
    },
    {
      name: 'adapters-know-ports',
      comment: 'Adapters are wired by composition; they know neither it nor the API.',
      severity: 'error',
      from: { path: inside('src/adapters') },
      to: {
        path: `${ROOT}(?:src|workers|simulator|scripts|bench|test)/`,
        pathNot: ['src/domain', 'src/application', 'src/adapters'].map(inside),
      },
    },
    {
      name: 'api-knows-use-cases',
      comment:
        'The API asks the application; which store or queue is behind it is not its business.',
      severity: 'error',
      from: { path: inside('src/api') },
      to: {
        path: `${ROOT}(?:src|queues|workers|simulator|scripts|bench|test)/`,
        pathNot: ['src/domain', 'src/application', 'src/api'].map(inside),
      },
    },
    {
      name: 'queues-are-declarations',
      comment: 'Names, payloads and retention: they know the domain and the ports.',
      severity: 'error',
      from: { path: inside('queues') },
      to: {
        path: `${ROOT}(?:src|workers|simulator|scripts|bench|test)/`,
        pathNot: ['src/domain', 'src/application'].map(inside),
      },
    },
    {
      name: 'composition-is-the-top',
      comment: 'Only process entries, scripts, bench and tests stand above composition.',
      severity: 'error',
      from: { path: `${ROOT}(?:src|queues|simulator)/`, pathNot: inside('src/composition') },
      to: { path: inside('src/composition') },
    },
    {
      name: 'the-simulator-stands-alone',
      comment: 'It plays services of other people: it knows the vocabulary at most.',
      severity: 'error',
      from: { path: inside('simulator') },
      to: {
        path: `${ROOT}(?:src|queues|workers|scripts|bench|test)/`,
        pathNot: inside('src/domain'),
      },
    },
    {
      name: 'nothing-imports-tests-or-tools',
      severity: 'error',
      from: { path: `${ROOT}(?:src|queues|workers|simulator)/` },
      to: {
        path: `${ROOT}(?:test|scripts|bench)/`,
        pathNot: '^test/house/fixtures/arrows/(?!test/)',
      },
    },
    {
      name: 'entries-are-not-imported',
      comment: 'A process entry runs as soon as it is imported.',
      severity: 'error',
      from: {},
      to: { path: `${ROOT}(?:workers/|simulator/main\\.ts$)` },
    },
    packageOf('bullmq-at-home', 'bullmq', ['src/adapters/bullmq', 'queues']),
    packageOf('ioredis-at-home', 'ioredis', [
      'src/adapters/bullmq',
      'src/adapters/redis',
      'src/composition',
    ]),
    packageOf('undici-at-home', 'undici', ['src/adapters/http']),
    packageOf('helmet-at-home', 'helmet', ['src/api']),
    // Bull Board is a little Express application that shows BullMQ's queues.
    packageOf('express-at-home', 'express|@types/express', ['src/api', 'src/adapters/bullmq']),
    packageOf('bull-board-at-home', '@bull-board/[^/]+', ['src/adapters/bullmq']),
    packageOf('winston-at-home', 'winston', ['src/adapters/telemetry']),
    packageOf('metrics-at-home', '@prometheus-io/client', ['src/api', 'src/composition']),
    packageOf('mongoose-at-home', 'mongoose|mongodb', ['src/adapters/mongo']),
    packageOf('kafkajs-at-home', 'kafkajs', ['src/adapters/kafka']),
    {
      name: 'sqlite-at-home',
      severity: 'error',
      from: { path: inside('src'), pathNot: inside('src/adapters/sqlite') },
      to: { path: '^(?:node:)?sqlite$' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'everything-is-found',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'packages-are-declared',
      comment: 'A package that is only there because another needs it may be gone tomorrow.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-tools-in-production',
      comment: 'npm ci --omit=dev must leave all that runs.',
      severity: 'error',
      from: { path: `${ROOT}(?:src|queues|workers|simulator)/` },
      to: { dependencyTypes: ['npm-dev'], pathNot: '^node_modules/@types/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // The tsc parser does not know TypeScript 7 yet. swc sees `import type` as well: types are arrows too.
    parser: 'swc',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
