// @ts-check
const path = require('node:path');
const { projects } = require('../../../jest.config.js');

const main = (projects ?? []).find((project) => typeof project === 'object' && project.displayName === 'main');
if (typeof main !== 'object') throw new Error('jest.config.js has no project main');

/** `npm run histories:record`: no test, so that no test run ever writes histories. */
module.exports = {
  ...main,
  rootDir: path.resolve(__dirname, '..', '..', '..'),
  displayName: 'record',
  testMatch: ['<rootDir>/test/replay/record/*.record.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 120_000,
};
