#!/usr/bin/env node
// @ts-check
const fs = require('node:fs');
const path = require('node:path');

const entry = path.join(__dirname, '..', 'dist', 'cli', 'main.js');
if (fs.existsSync(entry)) {
  require(entry);
} else {
  process.stderr.write('Tenure is not compiled yet. Run `npm start`, which does everything, or `npm run build`.\n');
  process.exitCode = 1;
}
